import type { Row, RowContext, RowResult } from "./result.ts";

const lazily =
  (load: () => Promise<{ run: Row["run"] }>): Row["run"] =>
  async (context: RowContext): Promise<RowResult> =>
    (await load()).run(context);

/** The rows in the order in which they run and appear in the document. */
export const rows: Readonly<Record<string, Row>> = {
  hit: {
    title: "Hit path",
    about: "hits of 1 KB, 50 and 1,000 problems, other libraries' hits, and three lower bounds",
    isChecked: true,
    run: lazily(() => import("./rows/hit.ts")),
  },
  "first-edition": {
    title: "First edition",
    about: "hits beside those of the library's first edition, run alternately",
    isChecked: true,
    run: lazily(() => import("./rows/beside-first-edition.ts")),
  },
  invalidation: {
    title: "Invalidation",
    about: "a tag on 10 to 100,000 entries, 1 to 100 tags: commands and time",
    isChecked: true,
    run: lazily(() => import("./rows/invalidation.ts")),
  },
  stampede: {
    title: "Stampede",
    about: "50 cold instances × 20 callers of one key: loads, waits, requests",
    isChecked: true,
    run: lazily(() => import("./rows/stampede.ts")),
  },
  races: {
    title: "Races",
    about: "invalidations during loads, lost tags, a storm: which libraries serve old values",
    isChecked: true,
    run: lazily(() => import("./rows/races.ts")),
  },
  "brown-out": {
    title: "Brown-out",
    about: "Redis slow, its connections cut or refused, killed, full: errors and p99",
    isChecked: false,
    run: lazily(() => import("./rows/brown-out.ts")),
  },
  graphql: {
    title: "GraphQL",
    about: "responses beside Yoga's response cache: hit, miss of 100 rows, mutation, race",
    isChecked: true,
    run: lazily(() => import("./rows/graphql-row.ts")),
  },
  endpoints: {
    title: "Endpoints",
    about: "seven cached reads with the cache and without, and their CPU beside one MGET",
    isChecked: false,
    run: lazily(() => import("./rows/endpoints.ts")),
  },
  "cold-start": {
    title: "Cold start",
    about: "code loaded before the first hit and its import time, beside the bare SDKs",
    isChecked: false,
    run: lazily(() => import("./rows/cold-start.ts")),
  },
  money: {
    title: "Money",
    about: "commands of a Zipf mix, and the cost of a million requests",
    isChecked: false,
    run: lazily(() => import("./rows/money.ts")),
  },
  scale: {
    title: "Scale",
    about: "the fleet of npm run simulate: loads, commands and read units per second",
    isChecked: false,
    run: lazily(() => import("./rows/simulated-fleet.ts")),
  },
};
