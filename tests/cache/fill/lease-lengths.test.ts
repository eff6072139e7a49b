import { expect, test } from "vitest";
import { defineResource, type Duration } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { holdStore } from "../../support/held-store.ts";
import { fleet } from "../../support/test-cache.ts";

test.for<{ hardTimeout: Duration; longestMs: number; why: string }>([
  { hardTimeout: "2 minutes", longestMs: 50_000, why: "ten times the first" },
  { hardTimeout: "20 seconds", longestMs: 20_000, why: "at most the time of a load" },
])(
  "the next lease is longer after one that ended without a value: $why",
  async ({ hardTimeout, longestMs }) => {
    const lengthsMs: number[] = [];
    const wrap = (store: Store): Store => ({
      ...holdStore(store).store,
      lease: (batch) => {
        lengthsMs.push(...batch.requests.map((each) => each.leaseMs));
        return store.lease(batch);
      },
    });
    const { clock, instance } = fleet({ wrap, waitTimeout: "10 seconds" });
    const row = defineResource({
      name: "row",
      ttl: "1 hour",
      hardTimeout,
      load: () => new Promise<string>(() => undefined),
    });
    for (const cache of [instance(), instance()]) cache.get(row).catch(() => undefined);
    await clock.advance(9_000);
    // Both instances request the first lease; the one that waits takes over after it has expired.
    expect(lengthsMs).toEqual([5_000, 5_000, longestMs]);
  },
);
