export { loadsTheSame, type SameLoadsOptions } from "./loads-the-same.ts";
export { type Fault, FAULTS, type Network, overNetwork } from "./network.ts";
export { TestStore, type TestStoreOptions } from "./test-store.ts";
export { VirtualClock } from "./virtual-clock.ts";
export { testStore, type StoreUnderTest, type TestTools } from "./store-suite/index.ts";
