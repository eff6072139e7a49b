import { expect, test } from "vitest";
import { Cache } from "@algoitny/cache";
import { TestStore } from "@algoitny/cache/testing";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

test("a working store passes the check, which leaves only the sequence key behind", async () => {
  const { cache, store } = unreliableFleet();
  expect(await cache.check()).toEqual({ roundTripMs: expect.any(Number) });
  expect((await store.walk({ pattern: "*", remove: [] })).keys).toEqual(["cache:1:seq"]);
});

test.each(["mget", "lease", "commit", "delete"] as const)(
  "a store that refuses to %s does not pass",
  async (operation) => {
    const { cache, turn } = unreliableFleet();
    turn("refused", operation);
    await expect(cache.check()).rejects.toThrow("store_failed: connection refused");
  },
);

test("a store that reads from a lagging replica does not pass, and the error names the replica", async () => {
  const cache = new Cache({ store: new TestStore({ lagMs: 60_000 }), reads: "any" });
  await expect(cache.check()).rejects.toThrow(/look: .*a lagging replica/);
});
