export {
  BACKOFF,
  type CommitRequest,
  type ExpireRequest,
  type LeaseBatch,
  type LeaseGrant,
  type LeaseRequest,
  type Outcome,
  type ReleaseRequest,
  type StampKey,
  type Store,
  type UniqueName,
} from "../store.ts";
export type { CommandRoute, RedisPort } from "./redis-port.ts";
export { createScriptedStore, type ScriptedOptions } from "./scripted.ts";
