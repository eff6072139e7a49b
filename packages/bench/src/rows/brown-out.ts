import { setTimeout as sleep } from "node:timers/promises";
import { startMember } from "../fleet.ts";
import { quantile } from "../measure.ts";
import { placeOf } from "../rivals/rival.ts";
import type { Cell, RowContext, RowResult } from "../result.ts";
import { type Servers, startServers } from "../servers/servers.ts";
import { loadAdapters } from "../subjects.ts";

const OURS = "@algoitny/cache";

interface Trouble {
  readonly begin: (servers: Servers) => Promise<unknown>;
  readonly end: (servers: Servers) => Promise<unknown>;
}

const calm = (servers: Servers) => servers.setWeather({});

/** Faults of Redis, or of the connections to it. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  "2 s late": { begin: (servers) => servers.setWeather({ delayMs: 2_000 }), end: calm },
  "1 in 3 cut": { begin: (servers) => servers.setWeather({ cutsThirds: true }), end: calm },
  refused: { begin: (servers) => servers.setWeather({ refuses: true }), end: calm },
  killed: { begin: (servers) => servers.kill(), end: (servers) => servers.restart() },
  full: {
    begin: async (servers) => {
      await servers.call("FLUSHALL");
      await servers.call("CONFIG", "SET", "maxmemory", "1mb");
    },
    end: (servers) => servers.call("CONFIG", "SET", "maxmemory", "0"),
  },
};

/** Reads per second and their origin's time; a read without an answer within the limit counts as an error. */
const READS = { perSecond: 20, loadMs: 20, limitMs: 5_000 } as const;
const SECONDS = { quick: 1, full: 4 } as const;

/** Pause between faults, in which clients reconnect. */
const RECOVERY_MS = 1_500;

/** Reads while Redis has a fault: all libraries at once, each in a separate process. */
export async function run({ scale, progress }: RowContext): Promise<RowResult> {
  const adapters = [...(await loadAdapters()).values()].filter(
    ({ name }) => !/L1|memory/.test(name) && (scale === "full" || name.startsWith(OURS)),
  );
  await using servers = await startServers();
  const place = placeOf(servers.addresses, true);
  const members = adapters.map(({ name }) => ({ name, member: startMember() }));
  const cells = new Map(adapters.map(({ name }) => [name, [] as Cell[]]));
  const counts: Record<string, Record<string, number>> = {};
  const p99Ms: number[] = [];
  try {
    await Promise.all(members.map(({ name, member }) => member.ask("open", name, 1, place)));
    const reads = () =>
      Promise.all(
        members.map(({ member }) =>
          member.ask("reads", READS.perSecond, SECONDS[scale], READS.loadMs, READS.limitMs),
        ),
      );
    await reads();
    for (const [trouble, { begin, end }] of Object.entries(TROUBLES)) {
      progress(trouble);
      await begin(servers);
      const outcomes = await reads();
      await end(servers);
      for (const [index, { name }] of members.entries()) {
        const { errors = 0, answersMs = [] } = outcomes[index] ?? {};
        const p99 = quantile(answersMs, 0.99);
        cells.get(name)?.push(`${Math.round((100 * errors) / answersMs.length)} %`, p99);
        if (!name.startsWith(OURS)) continue;
        counts[`${name}, ${trouble}`] = { errors };
        p99Ms.push(p99);
      }
      await sleep(RECOVERY_MS);
    }
    return {
      tables: [
        {
          title: "Errors and p99 while Redis has a fault",
          notes: [
            `${READS.perSecond} reads/s for ${SECONDS[scale]} s, in an open loop; a load takes ${READS.loadMs} ms. \`2 s late\`: each answer of Redis is delayed; \`1 in 3 cut\`: every third request loses its connection; \`refused\`: connections are refused, and open ones broken; \`killed\`: redis-server gets SIGKILL; \`full\`: its \`maxmemory\` is 1 MB. Clients have the settings that their documents give for services in front of users; a read without an answer in ${READS.limitMs / 1_000} s is an error. Unhandled errors are rejections and exceptions, each of which ends a Node process by default.`,
          ],
          columns: [
            "",
            ...Object.keys(TROUBLES).flatMap((name) => [`${name}: errors`, "p99 ms"]),
            "unhandled errors",
          ],
          rows: members.map(({ name, member }) => [
            name,
            ...(cells.get(name) ?? []),
            member.unhandled,
          ]),
        },
      ],
      counts,
      goals: [
        {
          text: "no read fails, whatever happens to Redis",
          measured: `${Object.values(counts).reduce((sum, { errors = 0 }) => sum + errors, 0)} errors, worst p99 ${Math.round(Math.max(...p99Ms))} ms`,
          holds: Object.values(counts).every(({ errors }) => errors === 0),
        },
      ],
    };
  } finally {
    await Promise.all(members.map(({ member }) => member[Symbol.asyncDispose]()));
  }
}
