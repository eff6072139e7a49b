import type { Tables } from "./tables.ts";

/** Where resources load from. Asked for on a miss only, so that a hit never loads the database's client. */
export interface Source {
  readonly tables: () => Promise<Tables>;
}
