import type { Recorded } from "../recorded.ts";
import type { Table } from "../result.ts";

/** Columns of the recorded table that the README shows. */
const SHOWN = ["cached, ms", "uncached, ms", "×"] as const;

/**
 * The table of AlgoItny's README: the time of each endpoint with the cache and without it, over a database with a delay
 * of a few milliseconds.
 */
export function cachedEndpoints({ rows: { endpoints } }: Recorded): Table {
  const slowest = endpoints?.tables.findLast(({ title }) => title.startsWith("Handlers on"));
  const places = SHOWN.map((column) => slowest?.columns.indexOf(column) ?? -1);
  return {
    title: slowest?.title ?? "",
    columns: ["", "from the cache, ms", "from the database, ms", "×"],
    rows: (slowest?.rows ?? []).map(([name = null, ...cells]) => [
      name,
      ...places.map((place) => cells[place - 1] ?? null),
    ]),
  };
}
