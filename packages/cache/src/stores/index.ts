export {
  BACKOFF,
  type BeatRequest,
  type BeatResult,
  type BeginRequest,
  type BeginResult,
  type CommitBatch,
  type CommitRequest,
  type CommitResult,
  type EndRequest,
  type ExpireRequest,
  type LeaseBatch,
  type LeaseGrant,
  type LeaseRequest,
  type Outcome,
  type ReleaseRequest,
  type RevalidateRequest,
  type PrimedEntry,
  type Reads,
  type StampKey,
  type StampRule,
  type StampsRequest,
  type Store,
  type UniqueName,
  type WalkRequest,
} from "../store.ts";
export type { CommandRoute, RedisPort } from "./redis-port.ts";
export { createScriptedStore } from "./checked-scripted.ts";
export type { ScriptedOptions } from "./scripted.ts";
