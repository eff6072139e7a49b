import { limits, pricesIn } from "@algoitny/functions/cost/prices";
import { predict } from "./formulas.ts";
import { growthAt, type Scenario, scenariosAt, type Size } from "./scenarios.ts";
import { type Columns, simulateFleet, type Window } from "./simulate-fleet.ts";

/**
 * The size for which the system is designed, and the time after which its numbers hold: an hour, when every entry has
 * expired once.
 */
const LARGE: Size = { reads: 20_000, processes: 300, problems: 100_000 };
const HOUR = { from: 3_600, to: 7_200 };

export interface Row {
  name: string;
  scenario: Scenario;
  simulated: Columns;
  formula: Omit<Columns, "megabytes">;
  failures: number;
}

export interface Simulation {
  rows: Row[];
  growth: Row[];
  /** The large site by the formulas, with US dollars an hour at the prices of us-east-1. */
  large: (Row["formula"] & { name: string; dollars: number })[];
}

/** Scenarios that a simulation of this size runs. */
export const runsOf = (size: Size): { scenarios: Scenario[]; growth: Scenario[] } => ({
  scenarios: scenariosAt(size),
  growth: growthAt(size).slice(1),
});

/** Runs every scenario, and each size doubled. */
export async function simulate(
  size: Size,
  { onProgress = () => {}, ...window }: Window,
): Promise<Simulation> {
  let passedMs = 0;
  const run = async (scenario: Scenario): Promise<Row> => {
    const { columns, failures } = await simulateFleet(scenario, {
      ...window,
      onProgress: (ms) => onProgress(passedMs + ms),
    });
    const [from, to] = [window.warmUpMs, window.warmUpMs + window.countedMs];
    passedMs += to;
    const formula = predict(scenario, { from: from / 1_000, to: to / 1_000 });
    return { name: scenario.name, scenario, simulated: columns, formula, failures };
  };
  const { scenarios, growth } = runsOf(size);
  const rows: Row[] = [];
  for (const scenario of scenarios) rows.push(await run(scenario));
  const grown: Row[] = [];
  for (const scenario of growth) grown.push(await run(scenario));
  const prices = pricesIn("us-east-1");
  const large = scenariosAt(LARGE).map((scenario) => {
    const formula = predict(scenario, HOUR);
    const { commands, readUnits } = formula;
    const dollars = 3_600 * (commands * prices.redisCommand + readUnits * prices.readUnit);
    return { name: scenario.name, ...formula, dollars };
  });
  return { rows, growth: grown, large };
}

const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
const share = (value: number): string => `${Math.round(value * 100)}%`;
const line = (name: string, ...cells: string[]): string =>
  name.padEnd(24) + cells.map((cell) => cell.padStart(15)).join("");

/** The result as tables for a terminal. */
export function simulationText({ rows, growth, large }: Simulation, size: Size): string {
  const header = line("", "hits", "loads/s", "commands/s", "read units/s", "Redis MB/s");
  const cells = ({ hits, loads, commands, readUnits }: Row["formula"]) => [
    share(hits),
    whole(loads),
    whole(commands),
    whole(readUnits),
  ];
  const [ordinary] = rows as [Row];
  const grow = (after: number, before: number) => `×${(after / before).toFixed(2)}`;
  const over = (value: number, most: number) => whole(value) + (value > most ? " *" : "");
  const { reads, processes, problems } = size;
  return [
    `${whole(reads)} reads/s, ${whole(processes)} processes, ${whole(problems)} problems, from an empty Redis:`,
    header,
    ...rows.flatMap(({ name, simulated, formula }) => [
      line(name, ...cells(simulated), simulated.megabytes.toFixed(1)),
      line("  by the formulas", ...cells(formula)),
    ]),
    "",
    "How the columns of the ordinary site grow:",
    header,
    ...growth.map(({ name, simulated: after }) => {
      const before = ordinary.simulated;
      const ratios = [
        grow(after.loads, before.loads),
        grow(after.commands, before.commands),
        grow(after.readUnits, before.readUnits),
        grow(after.megabytes, before.megabytes),
      ];
      return line(name, share(after.hits), ...ratios);
    }),
    "",
    `${whole(LARGE.reads)} reads/s, ${whole(LARGE.processes)} processes, ${whole(LARGE.problems)} problems, by the formulas, an hour after the start:`,
    line("", "hits", "loads/s", "commands/s", "read units/s", "$ an hour"),
    ...large.map(({ name, dollars, hits, loads, commands, readUnits }) =>
      line(
        name,
        share(hits),
        whole(loads),
        over(commands, limits.redisCommands),
        over(readUnits, limits.tableUnits),
        dollars.toFixed(2),
      ),
    ),
    `* above the limit of one database: ${whole(limits.redisCommands)} commands a second at Upstash (pay as you go), ${whole(limits.tableUnits)} units of a table before a higher quota.`,
  ].join("\n");
}
