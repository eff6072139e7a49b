import {
  type Row as Simulated,
  simulate,
  type Simulation,
} from "@algoitny/ops/simulate/simulation-text";
import type { Size } from "@algoitny/ops/simulate/scenarios";
import type { Cell, Goal, RowContext, RowResult, Table } from "../result.ts";

interface Run {
  readonly size: Size;
  readonly seconds: number;
}

/** The default options of `npm run simulate`, and smaller ones for a quick run. */
const RUNS = {
  quick: { size: { reads: 100, processes: 4, problems: 1_000 }, seconds: 2 },
  full: { size: { reads: 500, processes: 20, problems: 10_000 }, seconds: 8 },
} as const satisfies Record<string, Run>;

const SEED = 1;

/** Largest relative error that the goal allows the formulas of docs/scale.md, compared with the simulation. */
const MOST_OFF = 0.2;

/** The table of `npm run simulate`: a fleet's commands, loads and read units per second, with the formulas. */
export async function run({ scale, progress }: RowContext): Promise<RowResult> {
  const { size, seconds } = RUNS[scale];
  const windowMs = seconds * 1_000;
  let shown = 0;
  const onProgress = (ms: number) => {
    if (ms - shown < windowMs) return;
    shown = ms;
    progress(`${Math.round(ms / 1_000)} virtual seconds`);
  };
  const window = { warmUpMs: windowMs, countedMs: windowMs, seed: SEED, onProgress };
  const result = await simulate(size, window);
  return {
    tables: [scenariosTable(result, size), growthTable(result), largeTable(result)],
    counts: {},
    goals: [formulasGoal(result), failuresGoal(result)],
  };
}

const COLUMNS = ["hits", "loads", "commands", "readUnits"] as const;
const NAMES = ["hits %", "loads/s", "commands/s", "read units/s"];

const cellsOf = ({ hits, ...rates }: Simulated["formula"]): number[] => [
  Math.round(hits * 100),
  ...COLUMNS.slice(1).map((name) => Math.round({ hits, ...rates }[name])),
];

function scenariosTable({ rows }: Simulation, { reads, processes, problems }: Size): Table {
  const count = (value: number) => value.toLocaleString("en-US");
  return {
    title: `${count(reads)} reads/s, ${count(processes)} processes, ${count(problems)} problems, from an empty Redis`,
    notes: [
      "The fleet of `npm run simulate`: the cache, the views and the rules that the functions have, over one Redis on a virtual clock; below each scenario, the results of the formulas in docs/scale.md.",
    ],
    columns: ["", ...NAMES, "Redis MB/s"],
    rows: rows.flatMap(({ name, simulated, formula }): Cell[][] => [
      [name, ...cellsOf(simulated), simulated.megabytes],
      [`… by the formulas`, ...cellsOf(formula), null],
    ]),
  };
}

function growthTable({ rows, growth }: Simulation): Table {
  const before = rows[0]?.simulated;
  const grown = ({ simulated }: Simulated): Cell[] =>
    before ? COLUMNS.slice(1).map((name) => simulated[name] / before[name]) : [];
  return {
    title: "Growth of the ordinary site's columns, ×",
    columns: ["", ...NAMES.slice(1)],
    rows: growth.map((row) => [row.name, ...grown(row)]),
  };
}

function largeTable({ large }: Simulation): Table {
  return {
    title:
      "20,000 reads/s, 300 processes, 100,000 problems, by the formulas, an hour after the start",
    columns: ["", ...NAMES, "$ an hour"],
    rows: large.map(({ name, dollars, ...formula }) => [name, ...cellsOf(formula), dollars]),
  };
}

function formulasGoal({ rows, growth }: Simulation): Goal {
  const off = [...rows, ...growth].flatMap(({ simulated, formula }) =>
    COLUMNS.map((name) => Math.abs(simulated[name] / formula[name] - 1)),
  );
  const most = Math.max(...off);
  const holds = most <= MOST_OFF;
  return {
    text: "the formulas are within a fifth of the simulated fleet, in each column that they have, of each scenario",
    measured: `${Math.round(most * 100)} % off at most`,
    holds,
    ...(!holds && {
      why: "rare events, such as the loads of one scenario, are so few in a window of seconds that their number varies by chance",
    }),
  };
}

function failuresGoal({ rows, growth }: Simulation): Goal {
  const failures = [...rows, ...growth].reduce((sum, row) => sum + row.failures, 0);
  return { text: "no read of the fleet fails", measured: String(failures), holds: failures === 0 };
}
