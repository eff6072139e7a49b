import { describe } from "../faults.ts";
import { refuse } from "../errors.ts";
import type { Scope } from "../recording/load-reads.ts";
import { tagOf } from "./place.ts";

/**
 * Kinds of scopes other than items, partitions and tables: the beginning of a sort key, the key of an index, the
 * attributes that a projected read shows.
 */
export type FineScope = "prefix" | "index" | "attribute";

export type FineScopes = ReadonlySet<FineScope>;

const ALL: readonly FineScope[] = ["prefix", "index", "attribute"];

export interface ScopeOptions {
  /**
   * Kinds of scopes that have tags, in addition to items, partitions and tables. Default: all. A kind that no read uses
   * makes writes more expensive: leave it out. Give the recorder and `streamHandler` the same list; if the lists differ,
   * more is invalidated, and never less.
   */
  scopes?: readonly FineScope[];
}

/** The list as a set. Refuses unknown kinds, because a misspelled kind would otherwise count as one that is left out. */
export function fineScopes(scopes: ScopeOptions["scopes"] = ALL, where: string): FineScopes {
  if (!Array.isArray(scopes) || scopes.some((each) => !ALL.includes(each)))
    refuse(`${where}: scopes is ${describe(scopes)}: pass a list of ${ALL.join(", ")}`);
  return new Set(scopes);
}

/**
 * Everything of a kind in a table. Reads that use the kind depend on it, and writers that do not name the kind invalidate
 * it: so a write invalidates these reads even if its names lack the ones that they recorded.
 */
export function anyOfKind(table: string, kind: FineScope): Scope {
  return {
    tag: tagOf({ parts: [table, "any", kind] }),
    words: `${table}: a write whose client or function has no scope "${kind}"`,
  };
}

/** The kinds that a writer does not name. */
export function kindsWithout(scopes: FineScopes): readonly FineScope[] {
  return ALL.filter((kind) => !scopes.has(kind));
}
