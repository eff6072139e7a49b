import type { Rows } from "./model-database.ts";
import type { ReadRecord } from "./call-history.ts";
import type { Instance, World } from "./world.ts";

/** Rows that a value is made of: `ab` is made of the rows a and b. */
export interface Params {
  readonly key: string;
}

/** Cached value of the model: it names the load that made it, and its rows. */
export interface Value {
  readonly load: number;
  readonly rows: Rows;
  readonly text: string;
  /** The version of the program that made it. */
  readonly program: number;
}

/** On whose behalf a load is made. */
export interface Reader {
  readonly world: World;
  readonly instance: Instance;
  readonly read: ReadRecord;
}

/** The rows that a value of a key is made of. */
export function rowsOf(key: string): string[] {
  return key.split("");
}
