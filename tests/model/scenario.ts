/** Operation of an actor. */
export type Operation =
  | { do: "read"; resource: string; key: string; budgetMs?: number }
  | { do: "get"; resource: string; key: string }
  | { do: "getMany"; resource: string; keys: readonly string[]; budgetMs?: number }
  | { do: "refresh" | "force"; resource: string; key: string }
  | { do: "refreshMany"; resource: string; keys: readonly string[] }
  /** Runs one refresh from the queue. */
  | { do: "work" }
  | { do: "write"; row: string; exists: boolean }
  /** Writes through `cache.change`, or through `cache.set` with or without the rows' tags. */
  | { do: "change"; rows: readonly string[]; exists: boolean }
  | {
      do: "set";
      resource: string;
      key: string;
      rows: readonly string[];
      exists: boolean;
      announces: boolean;
    }
  | { do: "invalidate" | "expire"; rows: readonly string[] }
  | { do: "delete"; resource: string; keys: readonly string[] }
  | { do: "pattern"; pattern: string }
  | { do: "clear" }
  | { do: "wait"; ms: number }
  | { do: "evict"; kind: "entry" | "stamp" | "row stamp" | "lease" | "sequence" }
  | { do: "restart" }
  | { do: "store down" | "store up" }
  | { do: "store full" | "store roomy" }
  | { do: "stop" | "resume"; instance: number }
  | { do: "jump"; instance: number; ms: number };

/** Performs one operation after the other. Without an instance, the operations are accidents. */
export interface Actor {
  readonly instance: number | null;
  readonly operations: readonly Operation[];
}

/** Events of a run, without their order, which the choices decide. */
export interface Scenario {
  readonly seed: number;
  readonly instances: number;
  /** Performed first and in sequence, before the actors begin. */
  readonly prologue: readonly Actor[];
  readonly actors: readonly Actor[];
  /** Performed last and in sequence, when the actors have ended: finds outdated values that remain. */
  readonly epilogue: readonly Actor[];
  /** Probability that another thread runs at the next step. */
  readonly switching: number;
  /** Probability that time advances to the next timer although there is something to do. */
  readonly hurrying: number;
  /** Probability that a load is slow or fails. */
  readonly loadTrouble: number;
  /** Probability that a request to the store goes wrong. */
  readonly storeTrouble: number;
  /** Longest lag of the replica, in ms; 0: there is no replica. */
  readonly lagMs: number;
  /** True when reads go to the primary although there is a replica. */
  readonly asksPrimary: boolean;
  /** True when stale entries are refreshed through a queue. */
  readonly defers: boolean;
}

/** Longest lag that reads may show, in ms. */
export function readLagMs({ lagMs, asksPrimary }: Scenario): number {
  return asksPrimary ? 0 : lagMs;
}
