import type { Tables } from "./tables.ts";

/** Database that loaders read. Created on a miss only, so that a hit never loads the database's client. */
export interface Source {
  readonly tables: () => Promise<Tables>;
}
