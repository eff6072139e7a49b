import { expect, test } from "vitest";
import { Cache, type CacheEvent, defineResource, subscribe } from "@algoitny/cache";
import { createScriptedStore } from "@algoitny/cache/store";

test("reads through a misconfigured store load from the origin and give the reason, also while the breaker is open", async () => {
  const events: CacheEvent[] = [];
  const unsubscribe = subscribe((event) => events.push(event));
  let asked = 0;
  const store = createScriptedStore({
    send: async () => {
      asked += 1;
      throw new Error("WRONGPASS invalid token");
    },
  });
  const answer = defineResource({ name: "answer", ttl: "1 minute", load: () => 42 });
  const cache = new Cache({ store });
  const values: unknown[] = [];
  for (let read = 0; read < 20; read += 1) values.push(await cache.get(answer, undefined));
  unsubscribe();
  expect(values).toEqual(values.map(() => 42));
  expect(asked).toBeLessThan(20);
  const misses = events.filter((event) => event.type === "miss");
  expect(misses).toHaveLength(20);
  for (const miss of misses) expect(miss.reason).toBe("store-misconfigured");
  const [failure] = events.filter((event) => event.type === "store-failed");
  expect(failure?.error.message).toBe(
    "store_misconfigured: credentials refused (WRONGPASS): every read goes to the origin",
  );
});

test("a cache refuses a prefix that its store cannot work with", () => {
  const store = createScriptedStore({ send: async () => null, cluster: true });
  expect(() => new Cache({ store, prefix: "shop:1" })).toThrow('write "{shop}:1"');
});
