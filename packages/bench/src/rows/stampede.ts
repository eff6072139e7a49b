import { type Member, startMember } from "../fleet.ts";
import { quantile } from "../measure.ts";
import { placeOf } from "../rivals/rival.ts";
import type { RowContext, RowResult } from "../result.ts";
import { type Counts, sum, startServers } from "../servers/servers.ts";
import { loadAdapters } from "../subjects.ts";

const OURS = "@algoitny/cache";

const PROCESSES = 10;
const INSTANCES_EACH = 5;
const CALLERS = 20;

/** Long enough that all callers have asked before the load ends, even on a busy machine. */
const LOAD_MS = 1_000;

/** The time limit of a command is raised: on a busy machine, callers would exceed the usual one and load without the store. */
const TIMEOUT_SECONDS = 20;

/** Time for all processes to read the message with the start time. */
const NOTICE_MS = 500;

/** A cold key that many instances request at once. */
export async function run({ scale, progress }: RowContext): Promise<RowResult> {
  const adapters = [...(await loadAdapters()).values()].filter(
    ({ name }) => !/L1|memory/.test(name) && (scale === "full" || name.startsWith(OURS)),
  );
  await using servers = await startServers();
  const members = Array.from({ length: PROCESSES }, startMember);
  try {
    const rows = [];
    for (const { name } of adapters) {
      progress(name);
      await servers.call("FLUSHALL");
      const place = { ...placeOf(servers.addresses, true), timeoutSeconds: TIMEOUT_SECONDS };
      await Promise.all(members.map((member) => member.ask("open", name, INSTANCES_EACH, place)));
      await Promise.all(members.map((member) => member.ask("warmUp", LOAD_MS)));
      await servers.counts();
      const { loads, waitsMs } = await rush(members);
      const { requests, commands } = sentOf(await servers.counts());
      await Promise.all(members.map((member) => member.ask("close")));
      const waits = [0.5, 0.99].map((share) => quantile(waitsMs, share));
      rows.push({ name, loads, requests, commands, waits });
    }
    const ours = rows.filter(({ name }) => name.startsWith(OURS));
    const instances = PROCESSES * INSTANCES_EACH;
    return {
      tables: [
        {
          title: `${instances} cold instances × ${CALLERS} callers of one key, in ${PROCESSES} processes`,
          notes: [
            `The load takes ${LOAD_MS} ms. Round trips and commands are those of all ${instances * CALLERS} callers together.`,
          ],
          columns: ["", "loads", "round trips", "commands", "median wait, ms", "p99 wait, ms"],
          rows: rows.map(({ name, loads, requests, commands, waits }) => [
            name,
            loads,
            requests,
            commands,
            ...waits,
          ]),
        },
      ],
      counts: Object.fromEntries(ours.map(({ name, loads }) => [name, { loads }])),
      goals: ours.map(({ name, loads }) => ({
        text: `${name}: one load for ${instances} instances`,
        measured: String(loads),
        holds: loads === 1,
      })),
      charts: [
        {
          name: "stampede",
          title: `Loads of one cold key by ${instances} instances`,
          unit: "loads",
          bars: rows.map(({ name, loads }) => ({ label: name, value: loads })),
        },
      ],
    };
  } finally {
    await Promise.all(members.map((member) => member[Symbol.asyncDispose]()));
  }
}

async function rush(members: readonly Member[]) {
  const atMs = Date.now() + NOTICE_MS;
  const all = await Promise.all(
    members.map((member) => member.ask("stampede", atMs, CALLERS, LOAD_MS)),
  );
  return {
    loads: sum(all.map(({ loads }) => loads)),
    waitsMs: all.flatMap(({ waitsMs }) => waitsMs),
  };
}

/** A library uses one of the two protocols: the counts of the other are 0. */
function sentOf({ rest, tcp }: Counts): { requests: number; commands: number } {
  return {
    requests: rest.requests + tcp.roundTrips,
    commands: rest.commands + sum(Object.values(tcp.commands)),
  };
}
