import { afterAll, beforeAll, expect, test } from "vitest";
import { Cache } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;

beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

test("a server of another run is cleared, although it holds what the last beat left", async () => {
  const cache = new Cache({
    store: createUpstashStore({ ...upstash, timeout: "20 seconds" }),
    storeTimeout: "20 seconds",
  });
  const first = await cache.beat({ closedMs: 1_000, expected: null });
  const same = await cache.beat({ closedMs: 2_000, expected: first.value });
  expect(same.state).toBe("advanced");
  const moved = `${same.value.slice(0, -1)}${same.value.endsWith("0") ? "1" : "0"}`;
  await upstash.client().set("cache:1:closed", moved);
  expect((await cache.beat({ closedMs: 3_000, expected: moved })).state).toBe("cleared");
});
