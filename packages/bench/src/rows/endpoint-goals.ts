import type { Timed } from "../measure.ts";
import type { Goal } from "../result.ts";
import { type Name, READS } from "./cached-reads.ts";

/** Lowest ratio of a load's time to that of a hit, by kind of read, with the reason if it is missed. */
const LEAST_RATIOS = {
  list: {
    least: 75,
    why: "the list of executions is one page of 20, which the table stores in its order: 22 requests, most of them concurrent; the other lists read an item of each problem",
  },
  statistics: {
    least: 20,
    why: "each execution adds to one item with its user's totals, so a load is one request whatever their number: it is as fast as the read of any single item",
  },
} as const;

const MOST_CPU = 2;

const WHY_CPU =
  "measured with warm code for both: the reference is a loop of 20 lines that stays in the CPU caches, the handler runs about a hundred functions (routing, caller, input, the look, its judgement, headers, a line of metrics) that are cold after each wait; right after a full garbage collection, when neither is compiled, the ratio is 1.2 to 1.6; removing the signal for a time limit, parsing the address once and reading the process's memory usage only once a second saved a tenth";

type Times = ReadonlyMap<string, Timed>;

/** Goals for one delay of the database; the handlers' CPU is judged without delay. */
export function goalsOf(
  times: Times,
  { floor, delayMs }: { floor: string; delayMs: number },
): Goal[] {
  const names = Object.keys(READS) as Name[];
  const msOf = (name: string) => times.get(name)?.ms ?? Number.NaN;
  const ratios = Object.entries(LEAST_RATIOS).map(([kind, { least, why }]): Goal => {
    const own = names.filter((name) => READS[name].kind === kind);
    const each = own.map((name) => msOf(`${name}, uncached`) / msOf(`${name}, cached`));
    const holds = Math.min(...each) >= least;
    return {
      text: `${kind === "list" ? "lists" : kind}, uncached ÷ cached, database + ${delayMs} ms: ≥ ${least}`,
      measured: rangeOf(each, 1),
      holds,
      ...(!holds && { why }),
    };
  });
  if (delayMs > 0) return ratios;
  const cpuOf = (name: string) => times.get(name)?.cpuMs ?? Number.NaN;
  const cpus = names.map((name) => cpuOf(`${name}, cached`) / cpuOf(floor));
  const isFrugal = Math.max(...cpus) <= MOST_CPU;
  return [
    ...ratios,
    {
      text: `CPU of a handler's hit: ≤ ${MOST_CPU.toFixed(1)} × one raw \`MGET\` over a kept-alive agent`,
      measured: rangeOf(cpus, 2),
      holds: isFrugal,
      ...(!isFrugal && { why: WHY_CPU }),
    },
  ];
}

function rangeOf(values: readonly number[], digits: number): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(digits),
  );
  return least === most ? String(least) : `${least} to ${most}`;
}
