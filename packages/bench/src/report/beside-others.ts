import type { Cell, Table } from "../result.ts";
import type { Recorded } from "../recorded.ts";

/**
 * Rows of the table in the library's README: the adapter's name, and its npm package (undefined for our own). Each adapter
 * keeps its values in Redis alone, without entries in the process.
 */
const SUBJECTS = {
  "@algoitny/cache": undefined,
  bentocache: "bentocache",
  cacheable: "cacheable",
  "async-cache-dedupe": "async-cache-dedupe",
  cachified: "@epic-web/cachified",
  "cache-manager": "cache-manager",
  ocache: "ocache",
} as const;

/** The README's table, made of columns of the recorded tables. */
export function besideOthers({ versions, rows }: Recorded): Table {
  const races = tableOf(rows, "races", "Read after a change");
  const stampede = tableOf(rows, "stampede", "cold instances");
  const hits = tableOf(rows, "hit", "Commands");
  const storm = tableOf(rows, "races", "Storm");
  return {
    title: "Beside others",
    columns: [
      "",
      "read after its key was removed during a load",
      "by another process",
      "read after an invalidated tag's own key was lost",
      "stale reads in a storm",
      "loads of 50 cold instances",
      "commands of a hit with 3 tags",
    ],
    rows: Object.entries(SUBJECTS).map(([name, npm]): Cell[] => [
      npm === undefined ? `**${name}**` : `${npm} ${versions[npm]}`,
      cellOf(races, name, "key removed during a load"),
      cellOf(races, name, "… by another process"),
      cellOf(races, name, "tag's own keys lost after its invalidation"),
      percent(cellOf(storm, name, "stale %")),
      cellOf(stampede, name, "loads"),
      cellOf(hits, name, "3 tags"),
    ]),
  };
}

function tableOf(rows: Recorded["rows"], row: string, title: string): Table | undefined {
  return rows[row]?.tables.find((table) => table.title.includes(title));
}

function cellOf(table: Table | undefined, name: string, column: string): Cell {
  const line = table?.rows.find(([first]) => first === name);
  return line?.[table?.columns.indexOf(column) ?? -1] ?? null;
}

const percent = (cell: Cell): Cell =>
  typeof cell === "number" ? (cell === 0 ? "none" : `${cell.toFixed(1)} %`) : cell;

const BEGIN = "<!-- made by `npm run bench` -->";
const END = "<!-- end -->";

/** Returns a README with a new table. */
export function withTable(readme: string, markdown: string): string {
  const [head, rest = ""] = readme.split(BEGIN);
  const [, tail] = rest.split(END);
  if (tail === undefined) throw new Error(`the README has no ${BEGIN} and ${END}`);
  return `${head}${BEGIN}\n\n${markdown}\n\n${END}${tail}`;
}
