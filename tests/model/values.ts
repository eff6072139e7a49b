import type { Rows } from "./model-database.ts";
import type { ReadRecord } from "./call-history.ts";
import type { Instance, World } from "./world.ts";

/** Rows of a value: `ab` consists of the rows a and b. */
export interface Params {
  readonly key: string;
}

/** Cached value of the model: the load that made it, and its rows. */
export interface Value {
  readonly load: number;
  readonly rows: Rows;
  readonly text: string;
  /** The program version that made it. */
  readonly program: number;
}

/** The actor for whom a load runs. */
export interface Reader {
  readonly world: World;
  readonly instance: Instance;
  readonly read: ReadRecord;
}

/** The rows of the value of a key. */
export function rowsOf(key: string): string[] {
  return key.split("");
}
