export { type Choices, replayChoices, seededChoices, seededRandom } from "./choices.ts";
export { type Fault, FAULTS, type Network, overNetwork } from "./network.ts";
export { Scheduler, type SchedulerOptions } from "./scheduler.ts";
export { TestStore, type TestStoreOptions } from "./test-store.ts";
export { VirtualClock } from "./virtual-clock.ts";
export { testStore, type StoreUnderTest, type TestTools } from "./store-suite/index.ts";
