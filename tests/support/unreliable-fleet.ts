import type { CacheOptions } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { type Fault, overNetwork } from "@algoitny/cache/testing";
import { holdStore } from "./held-store.ts";
import { fleet } from "./test-cache.ts";

/**
 * Two processes over one store and one clock: `other` has a perfect connection; the requests of `cache` fail or are
 * held on demand.
 */
export function unreliableFleet(options: Partial<CacheOptions> = {}) {
  const { clock, store, cache: other } = fleet(options);
  let faultOf: (operation: keyof Store) => Fault = () => "none";
  const requests: (keyof Store)[] = [];
  const fault = (operation: keyof Store) => {
    requests.push(operation);
    return faultOf(operation);
  };
  const { store: held, ...holds } = holdStore(overNetwork(store, { fault }));
  const connect = (more: Partial<CacheOptions> = {}) =>
    fleet({ wrap: () => held, clock, ...options, ...more }).cache;
  /** Sets the fault of later requests of `cache`: of all operations, or of some. */
  const turn = (to: Fault, ...operations: (keyof Store)[]) => {
    faultOf = (each) => (operations.length === 0 || operations.includes(each) ? to : "none");
  };
  return { clock, store, cache: connect(), connect, other, requests, turn, ...holds };
}

/** The value of a promise that is already settled, else "pending". */
export function valueSoFar<T>(promise: Promise<T>): Promise<T | "pending"> {
  return Promise.race([promise, Promise.resolve("pending" as const)]);
}
