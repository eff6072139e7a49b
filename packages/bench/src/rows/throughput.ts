import type { Scale, Table } from "../result.ts";
import type { Name } from "./cached-reads.ts";

type Read = (name: Name) => Promise<unknown>;

/** Concurrent requests of each kind. */
const CALLERS = 8;

const CALLS = { quick: { hits: 16, loads: 8 }, full: { hits: 4_000, loads: 40 } } as const;

/** Requests a second of each endpoint in one process, cached and not: a closed loop of a few callers. */
export async function throughputTable(
  names: readonly Name[],
  { cached, uncached }: { cached: Read; uncached: Read },
  scale: Scale,
): Promise<Table> {
  const { hits, loads } = CALLS[scale];
  const rows = [];
  for (const name of names) {
    const [most, least] = [
      await perSecond(() => cached(name), hits),
      await perSecond(() => uncached(name), loads),
    ];
    rows.push([name, Math.round(most), Math.round(least), most / least]);
  }
  return {
    title: `Requests a second of one process, ${CALLERS} concurrent`,
    notes: [
      "The database is that of the preceding table, with its delay. A Lambda instance handles one request at a time; this is a server that runs the same handlers.",
    ],
    columns: ["", "cached", "uncached", "×"],
    rows,
  };
}

async function perSecond(call: () => Promise<unknown>, count: number): Promise<number> {
  let left = count;
  const caller = async () => {
    while (left-- > 0) await call();
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return (1_000 * count) / (performance.now() - startMs);
}
