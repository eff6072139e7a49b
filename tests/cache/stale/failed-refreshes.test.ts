import { expect, test } from "vitest";
import { defineResource } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";
import { unreliableFleet, valueSoFar } from "../../support/unreliable-fleet.ts";

test("a fresh entry is served when its early refresh fails and the store has lost it meanwhile", async () => {
  const { clock, cache, other, holdReply } = unreliableFleet({ random: () => 0 });
  let loads = 0;
  const row = defineResource<void, string>({
    name: "row",
    ttl: "1 minute",
    jitter: 0,
    load: async () => {
      loads += 1;
      await clock.sleep(100);
      if (loads > 1) throw new Error("database down");
      return "value";
    },
  });
  const first = cache.get(row, undefined);
  await clock.advance(100);
  await first;
  const look = holdReply("mget");
  const early = cache.get(row, undefined).catch((error: Error) => error.message);
  await look.reached;
  await other.invalidate(row, undefined);
  look.release();
  await clock.advance(100);
  expect([await early, loads]).toEqual(["value", 2]);
});

test("a read waits one second for a queue that does not answer", async () => {
  const { clock, cache } = fleet({ enqueueRefresh: () => new Promise(() => undefined) });
  const row = defineResource<void, number>({
    name: "row",
    ttl: "10 seconds",
    staleWhileRevalidate: "1 hour",
    jitter: 0,
    load: () => clock.now(),
  });
  await cache.get(row, undefined);
  await clock.advance(15_000);
  const reading = cache.getEntry(row, undefined);
  await clock.advance(1_000);
  expect(await valueSoFar(reading)).toMatchObject({ status: "miss" });
});
