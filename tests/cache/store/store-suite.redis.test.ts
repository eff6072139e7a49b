import { setTimeout as delay } from "node:timers/promises";
import { testStore } from "@algoitny/cache/testing";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

describe("the Upstash store, over the local endpoint", () => {
  testStore({ test, expect }, () => {
    const client = upstash.client();
    return {
      store: createUpstashStore({ ...upstash, timeout: "20 seconds" }),
      wait: (ms) => delay(ms),
      spoil: async (key) => {
        await client.del(key);
        await client.lpush(key, "not a string");
      },
      put: async (key, text) => void (await client.set(key, text)),
    };
  });
});
