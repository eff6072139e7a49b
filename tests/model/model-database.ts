/** One state of a row. A value that needs a missing row is "not found". */
export interface RowVersion {
  readonly version: number;
  readonly exists: boolean;
  readonly atMs: number;
}

/** Versions of rows, by the names of the rows. */
export type Rows = Readonly<Record<string, number>>;

/** The origin of the cache's data: rows with versions, and their past states for reads that lag. */
export class Database {
  readonly #rows = new Map<string, RowVersion[]>();
  readonly #now: () => number;

  constructor(rows: readonly string[], now: () => number) {
    this.#now = now;
    for (const row of rows) this.#rows.set(row, [{ version: 1, exists: true, atMs: now() }]);
  }

  write(row: string, exists: boolean): RowVersion {
    const versions = this.#versions(row);
    const written = { version: versions.length + 1, exists, atMs: this.#now() };
    versions.push(written);
    return written;
  }

  /** The current state of the row, or one that it had within the last `lagMs`. */
  read(row: string, lagMs: number, pick: (count: number) => number): RowVersion {
    const versions = this.#versions(row);
    const sinceMs = this.#now() - lagMs;
    // A state was still current at `sinceMs` if its successor came later.
    const oldest = versions.findIndex((_, index) => {
      const next = versions[index + 1];
      return next === undefined || (lagMs > 0 && next.atMs > sinceMs);
    });
    const back = pick(versions.length - oldest);
    return versions[versions.length - 1 - back] as RowVersion;
  }

  existed(row: string, version: number): boolean {
    return this.#versions(row)[version - 1]?.exists === true;
  }

  /** Newest version of each row. */
  versions(): Rows {
    return Object.fromEntries([...this.#rows].map(([row, { length }]) => [row, length]));
  }

  /** True when the row was missing in a state since that version. */
  wasMissingSince(row: string, version: number): boolean {
    return this.#versions(row).some((each) => each.version >= version && !each.exists);
  }

  #versions(row: string): RowVersion[] {
    return this.#rows.get(row) as RowVersion[];
  }
}
