import type { LoadReads } from "@algoitny/cache";
import type { ReadExperiment } from "./experiment/known-experiments.ts";
import type { Catalogue } from "./problem/catalogue.ts";
import type { ProblemSearch } from "./problem/problem-search.ts";
import type { Tables } from "./tables.ts";

/** Everything that loads read. Tables are opened on a miss only, so that a hit never loads the database's client. */
export interface Source {
  readonly tables: () => Promise<Tables>;
  /** The catalogue, through the cache if there is one. */
  readonly catalogue: () => Promise<Catalogue>;
  /** Search engine; without one, searches use the catalogue. */
  readonly search?: ProblemSearch | undefined;
  /** This source for one load, whose reads become the tags of its entry. */
  readonly recorded?: ((reads: LoadReads) => Source) | undefined;
  /** Reads the experiment on a view's lifetime; undefined: every value has its view's usual lifetime. */
  readonly experiment?: ReadExperiment | undefined;
}
