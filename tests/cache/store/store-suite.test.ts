import { describe, expect, test } from "vitest";
import { MemoryStore } from "@algoitny/cache";
import { overNetwork, TestStore, testStore, VirtualClock } from "@algoitny/cache/testing";

describe("the store in memory", () => {
  const clock = new VirtualClock();
  const store = new MemoryStore({ now: clock.now });
  testStore({ test, expect }, () => ({ store, wait: clock.advance.bind(clock) }));
});

describe("the test store, over a network that loses nothing", () => {
  const clock = new VirtualClock();
  const store = overNetwork(new TestStore({ now: clock.now }), {});
  testStore({ test, expect }, () => ({ store, wait: clock.advance.bind(clock) }));
});
