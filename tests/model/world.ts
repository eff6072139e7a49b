import type { Cache } from "@algoitny/cache";
import type { TestStore } from "@algoitny/cache/testing";
import type { Choices, Scheduler } from "@algoitny/cache/testing/explore";
import type { Database } from "./model-database.ts";
import type { History } from "./call-history.ts";
import type { Scenario } from "./scenario.ts";

/** One process: its own cache, memory, clock and program. */
export interface Instance {
  readonly name: string;
  readonly program: number;
  readonly cache: Cache;
  /** How far its clock is wrong. */
  offsetMs: number;
  /** Whether it was stopped at some time: then nothing is said about how long its reads take. */
  wasStopped: boolean;
}

/** A refresh that a cache has handed to a queue. */
export interface Deferred {
  readonly resource: string;
  readonly key: string;
}

/** Takes a line of the timeline: who did what. It is only put into words when somebody reads it. */
export type Log = (who: string, what: () => string) => void;

/** Everything there is in one run. */
export interface World {
  readonly scenario: Scenario;
  readonly choices: Choices;
  readonly scheduler: Scheduler;
  readonly database: Database;
  readonly store: TestStore;
  readonly instances: Instance[];
  readonly history: History;
  readonly queue: Deferred[];
  /** Whether the store refuses every request at the moment. */
  storeIsDown: boolean;
  /** Whether it is full: it then refuses scripts, and reads and deletes as ever. */
  storeIsFull: boolean;
  /** How often the store has lost everything. */
  restarts: number;
  /** Writes a line of the timeline; undefined while nobody wants one. */
  readonly log: Log | undefined;
}
