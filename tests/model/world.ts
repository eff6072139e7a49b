import type { Cache } from "@algoitny/cache";
import type { TestStore } from "@algoitny/cache/testing";
import type { Choices, Scheduler } from "@algoitny/cache/testing/explore";
import type { Database, RowVersion } from "./model-database.ts";
import type { DerivingMistake } from "./deriving-mistakes.ts";
import type { RecordingMistake } from "./recorded-loads.ts";
import type { History } from "./call-history.ts";
import type { Scenario } from "./scenario.ts";

/** One process: its cache, memory, clock and program version. */
export interface Instance {
  readonly name: string;
  readonly program: number;
  readonly cache: Cache;
  /** Error of its clock, in ms. */
  offsetMs: number;
  /** True once it was stopped: its reads then have no time limit. */
  wasStopped: boolean;
}

/** A refresh that a cache has sent to a queue. */
export interface Deferred {
  readonly resource: string;
  readonly key: string;
}

/** Receives a line of the timeline: the actor and its action. The text is built only if a timeline is wanted. */
export type Log = (who: string, what: () => string) => void;

/** State of one run. */
export interface World {
  readonly scenario: Scenario;
  readonly choices: Choices;
  readonly scheduler: Scheduler;
  readonly database: Database;
  readonly store: TestStore;
  readonly instances: Instance[];
  readonly history: History;
  readonly queue: Deferred[];
  /** Mistake that recorded loads or derived entries make. */
  readonly mistake: RecordingMistake | DerivingMistake | undefined;
  /** Unanswered row reads of recorded loads. */
  readonly underWay: Map<string, Promise<RowVersion>>;
  /** True while the store refuses every request. */
  storeIsDown: boolean;
  /** True while the store's memory is full: it then refuses operations that need memory, and still serves the others. */
  storeIsFull: boolean;
  /** Number of times that the store has lost all data. */
  restarts: number;
  /** Writes a line of the timeline; undefined when no timeline is wanted. */
  readonly log: Log | undefined;
}
