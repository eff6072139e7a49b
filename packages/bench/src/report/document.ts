import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Recorded, type RecordedRow, ROOT } from "../recorded.ts";
import type { Goal, Table } from "../result.ts";
import { rows } from "../rows.ts";
import { besideOthers, withTable } from "./beside-others.ts";
import { cachedEndpoints } from "./cached-endpoints.ts";
import { textOf } from "./number-text.ts";
import { toSvg } from "./svg.ts";

const HEAD = `# Benchmarks

The cache compared with other libraries: \`npm run bench\` measures them, and writes this page, its charts, a table in each of two READMEs, and \`benchmarks.json\`, which contains the numbers.
\`npm run bench -- NAME\` repeats one benchmark (a *row*: one section below), and writes its part of the page again; \`--quick\` prints results of a short run and writes nothing.
It needs a clone, \`npm ci\` and a redis-server on PATH; the first run installs the other libraries.
The row \`endpoints\` fills a database once, and keeps it.

Times of \`hit\` (except its open loop), \`first-edition\`, \`graphql\` and \`endpoints\` (except its requests a second) are medians of interleaved runs: all subjects take turns in one process, in another order each round, after a warm-up round.
Compare ratios rather than times: a row's times hold only for the machine named under its title.
Commands, requests, bytes and loads depend little on the machine, except where many processes race; \`.ci/run\` compares most counts of \`hit\`, \`invalidation\`, \`stampede\`, \`races\` and \`graphql\` with the recorded ones (\`--check\`).
The servers are one redis-server and the local Upstash endpoint over it, which share no process with the clients.
Results in which another library is better are listed like the others.

A hit is timed twice. *Value*: until the library returns the decoded value. *Answer*: until the body of an HTTP answer is made; our library sends the stored body unchanged.
*Floor*: a raw read of the keys that a hit reads, as a lower bound. *Agent*: Node's own HTTP client over a kept-alive connection.
*L1*: entries in the memory of the process; our library asks Redis for their stamps at each hit (*validated*) or at most once a minute (*trusted*).

A missed goal has its reason beside it; those of \`hit\` come from profiles of a few thousand hits (\`node --cpu-prof\`).
A hit reads by a script, which at Upstash runs on the primary; the raw \`MGET\` that it is compared with is a plain command, which a replica may answer.
bentocache has two settings that its documentation recommends: L1 keeps values unserialised, and a circuit breaker stops commands to a failing Redis, as in our library.`;

/** The page, made only from the recorded rows. */
export function toDocument({ versions, rows: recorded }: Recorded): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const sections = Object.entries(rows).flatMap(([name, { title }]) => {
    const row = recorded[name];
    return row ? [sectionOf(name, title, row)] : [];
  });
  const text = [HEAD, `Versions: ${named.join(", ")}.`, goalsOf(recorded), ...sections];
  return `${text.join("\n\n")}\n`;
}

/** Charts by the name of their file. */
export function chartsOf({ rows: recorded }: Recorded): Map<string, string> {
  const charts = Object.values(recorded).flatMap(({ charts: each = [] }) => each);
  return new Map(charts.map((chart) => [`${chart.name}.svg`, toSvg(chart)]));
}

/** Writes the page and its charts. */
export function writeDocument(recorded: Recorded): void {
  const folder = path.join(ROOT, "docs/benchmarks");
  mkdirSync(folder, { recursive: true });
  for (const [file, svg] of chartsOf(recorded)) writeFileSync(path.join(folder, file), svg);
  writeFileSync(path.join(ROOT, "docs/benchmarks.md"), toDocument(recorded));
  for (const [file, tableOf] of READMES)
    writeFileSync(file, toReadme(readFileSync(file, "utf8"), tableOf(recorded)));
}

/** The two READMEs, each with its table of recorded numbers. */
export const READMES = [
  [path.join(ROOT, "packages/cache/README.md"), besideOthers],
  [path.join(ROOT, "README.md"), cachedEndpoints],
] as const;

export function toReadme(readme: string, table: Table): string {
  return withTable(readme, markdownTable(table));
}

function goalsOf(recorded: Recorded["rows"]): string {
  const goals = Object.entries(recorded).flatMap(([name, row]) =>
    row.goals.map((goal): [string, Goal] => [name, goal]),
  );
  const lines = goals.map(
    ([name, { text, measured, holds, why = "" }]) =>
      `| ${name} | ${text} | ${measured} | ${holds ? "holds" : "**missed**"} | ${why} |`,
  );
  return ["## Goals", "", "| row | goal | measured | | |", "|---|---|---|---|---|", ...lines].join(
    "\n",
  );
}

function sectionOf(name: string, title: string, { at, tables, charts = [] }: RecordedRow): string {
  const { machine, node, redis, date, commit, seconds } = at;
  return [
    `## ${title}`,
    `\`npm run bench -- ${name}\`: ${seconds} s on ${date} UTC at ${commit}; ${machine}; Node ${node}, ${redis}.`,
    ...charts.map((chart) => `![${chart.title}](benchmarks/${chart.name}.svg)`),
    ...tables.map(toMarkdown),
  ].join("\n\n");
}

/** A table in Markdown, with its title and notes. */
export function toMarkdown(table: Table): string {
  const { title, notes = [] } = table;
  return [`### ${title}`, "", ...notes.flatMap((note) => [note, ""]), markdownTable(table)].join(
    "\n",
  );
}

function markdownTable({ columns, rows: lines }: Table): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    row(columns),
    `|${columns.map(() => "---").join("|")}|`,
    ...lines.map((line) => row(line.map(textOf))),
  ].join("\n");
}
