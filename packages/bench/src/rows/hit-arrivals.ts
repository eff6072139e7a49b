import { VALUES } from "../generated-problems.ts";
import { openLoop, quantile } from "../measure.ts";
import { type Adapter, placeOf } from "../rivals/rival.ts";
import type { Cell, RowContext, Table } from "../result.ts";
import type { Servers } from "../servers/servers.ts";

const RATES = {
  quick: { perSecond: 50, seconds: 1 },
  full: { perSecond: 400, seconds: 4 },
} as const;

const DELAY_MS = 1;
const TAGS = ["tag0", "tag1", "tag2"];
const SIZE = "50 problems";
const WARM_UP = { quick: 20, full: 500 } as const;

/**
 * Answers at a fixed arrival rate, like users' requests: in one process a slow answer delays the next ones, which a loop that
 * waits for each answer does not show.
 */
export async function arrivalsTable(
  servers: Servers,
  adapters: readonly Adapter[],
  { scale, progress }: RowContext,
): Promise<Table> {
  const rate = RATES[scale];
  await servers.setWeather({ delayMs: DELAY_MS });
  const rows: Cell[][] = [];
  for (const adapter of adapters) {
    progress(`arrivals, ${adapter.name}`);
    await servers.call("FLUSHALL");
    const subject = await adapter.open(placeOf(servers.addresses, true));
    const read = () => subject.answer("view:1", TAGS, async () => VALUES[SIZE]);
    for (let index = 0; index < WARM_UP[scale]; index += 1) await read();
    globalThis.gc?.();
    const arrivals = await openLoop(rate, read);
    await subject.close();
    const times = arrivals.map(({ ms }) => ms);
    const errors = arrivals.filter(({ error }) => error !== undefined).length;
    rows.push([adapter.name, ...[0.5, 0.9, 0.99].map((share) => quantile(times, share)), errors]);
  }
  await servers.setWeather({ delayMs: 0 });
  return {
    title: `Open loop: ${rate.perSecond} answers a second for ${rate.seconds} s, ${SIZE}, round trip + ${DELAY_MS} ms`,
    notes: [
      "Each request has a scheduled time, independent of the others, and is timed from then. Timers count whole milliseconds, so a request is sent up to 1 ms early: times may be that much too low, and negative for hits in the process. One process, one instance, three tags where the library has tags.",
    ],
    columns: ["", "median, ms", "p90, ms", "p99, ms", "errors"],
    rows,
  };
}
