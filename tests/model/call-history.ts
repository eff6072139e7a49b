import type { ReadDetail, ReadStatus } from "../../packages/cache/src/engine/served.ts";
import type { Complaint } from "./complaint.ts";
import type { Rows } from "./model-database.ts";
import type { Instance } from "./world.ts";
import type { Value } from "./values.ts";

/** A point of a run: its place in the order of all events, and the virtual time. */
export interface Moment {
  readonly order: number;
  readonly ms: number;
}

export interface LoadRecord {
  readonly id: number;
  readonly resource: string;
  readonly key: string;
  readonly instance: Instance;
  /** The read that starts the load. */
  readonly reader: ReadRecord;
  readonly start: Moment;
  /** Versions of the rows that the load read. */
  readonly rows: Record<string, number>;
  end: Moment | undefined;
  outcome: "running" | "found" | "absent" | "failed";
  value: Value | undefined;
  /** True for the value that a write stores. */
  readonly isWrite: boolean;
  /** The lease of the load; undefined without one. */
  readonly grant: GrantRecord | undefined;
}

/** Result of a read. `load` is undefined when the answer does not identify the load that made it. */
export type Answer =
  | { ok: true; value: Value | undefined; load: number | undefined; label: Label | undefined }
  | { ok: false; error: unknown };

export interface Label {
  readonly status: ReadStatus;
  readonly detail: ReadDetail | undefined;
}

export interface ReadRecord {
  readonly id: number;
  readonly resource: string;
  readonly key: string;
  readonly instance: Instance;
  readonly start: Moment;
  readonly budgetMs: number | undefined;
  /** True for a refresh: without a store it does nothing. */
  readonly refreshes: boolean;
  end: Moment | undefined;
}

/** Scope of an invalidation: entries with one of the tags, entries of the keys, entries that match the pattern, or all. */
export type Scope =
  | { by: "tags"; tags: readonly string[] }
  | { by: "keys"; keys: readonly string[] }
  | { by: "pattern"; pattern: string }
  | { by: "all" };

export interface InvalidationRecord {
  readonly scope: Scope;
  /** Readable form: `delete plain:a`. */
  readonly name: string;
  readonly soft: boolean;
  /** True if announced before its write: no tag tolerates it. */
  readonly isAnnounced: boolean;
  readonly instance: Instance;
  readonly start: Moment;
  /** Newest versions when it began: once it has returned, a covered read must return these or later ones. */
  readonly rows: Rows;
  returned: Moment | undefined;
  /** Set if it failed: it then counts in its own process only. */
  failed: Moment | undefined;
}

/** A lease that the store has granted. */
export interface GrantRecord {
  readonly leaseKey: string;
  readonly token: string;
  readonly instance: Instance;
  readonly untilMs: number;
  /** True after a request, an eviction or a restart has removed the lease, or a forced lease has replaced it. */
  voided: boolean;
  /** The step in which the instance received the grant. */
  grantedAtStep: number | undefined;
}

/** All events of one run, as seen from outside the cache. */
export class History {
  readonly loads: LoadRecord[] = [];
  readonly reads: ReadRecord[] = [];
  readonly invalidations: InvalidationRecord[] = [];
  readonly grants: GrantRecord[] = [];
  readonly #now: () => number;
  #order = 0;
  #complaint: Complaint | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  moment(): Moment {
    this.#order += 1;
    return { order: this.#order, ms: this.#now() };
  }

  /**
   * The lease that an instance has received for a load that begins now. In a batch, loads wait until the entries that others have
   * stored meanwhile are judged, so the grant may be some steps old.
   */
  grantFor(instance: Instance, leaseKey: string): GrantRecord | undefined {
    const grant = this.grants.findLast(
      (each) =>
        each.grantedAtStep !== undefined &&
        each.instance === instance &&
        each.leaseKey === leaseKey,
    );
    return this.loads.some((load) => load.grant === grant) ? undefined : grant;
  }

  /** Records a broken promise; only the first one counts. */
  complain(complaint: Complaint): void {
    this.#complaint ??= complaint;
  }

  get complaint(): Complaint | undefined {
    return this.#complaint;
  }
}
