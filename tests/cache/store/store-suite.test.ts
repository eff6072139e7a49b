import { describe, expect, test } from "vitest";
import { MemoryStore } from "@algoitny/cache";
import { overNetwork, TestStore, testStore, VirtualClock } from "@algoitny/cache/testing";

describe("the store in memory", () => {
  const clock = new VirtualClock();
  const store = new MemoryStore({ now: clock.now });
  testStore({ test, expect }, () => ({
    store,
    wait: clock.advance.bind(clock),
    put: async (key, text) => store.put(key, text),
  }));
});

describe("the test store, over a network without losses", () => {
  const clock = new VirtualClock();
  const inner = new TestStore({ now: clock.now });
  const store = overNetwork(inner, {});
  testStore({ test, expect }, () => ({
    store,
    wait: clock.advance.bind(clock),
    put: async (key, text) => inner.put(key, text),
  }));
});
