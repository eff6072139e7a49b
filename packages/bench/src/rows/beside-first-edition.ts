import { type Size, VALUES } from "../generated-problems.ts";
import { type Amount, interleave, type Timed } from "../measure.ts";
import { FIRST_EDITION, firstEdition, hasFirstEdition } from "../ours/first-edition.ts";
import { oursRest } from "../ours/ours.ts";
import type { Goal, RowContext, RowResult, Scale } from "../result.ts";
import { placeOf } from "../rivals/rival.ts";
import { type Servers, startServers } from "../servers/servers.ts";

const AMOUNTS: Record<Scale, Record<Size, Amount>> = {
  quick: {
    "1 KB": { rounds: 5, operations: 40, warmUp: 300 },
    "50 problems": { rounds: 5, operations: 30, warmUp: 200 },
    "1,000 problems": { rounds: 5, operations: 5, warmUp: 20 },
  },
  full: {
    "1 KB": { rounds: 30, operations: 100, warmUp: 2_000 },
    "50 problems": { rounds: 30, operations: 60, warmUp: 1_000 },
    "1,000 problems": { rounds: 30, operations: 12, warmUp: 150 },
  },
};

const TAGS = ["one", "two", "three"];

/** Highest ratio that holds: the time of a hit ÷ that of the first edition. */
const MOST = 1.05;

/** Compares the times of hits with those of the library's first edition, measured in turns. Commands are not counted. */
export async function run({ scale, progress }: RowContext): Promise<RowResult> {
  if (!hasFirstEdition()) {
    const note = `This clone's history does not reach back to ${FIRST_EDITION}: git fetch --unshallow.`;
    return {
      tables: [{ title: "Hits", notes: [note], columns: [], rows: [] }],
      counts: {},
      goals: [],
    };
  }
  await using servers = await startServers();
  const rows: (string | number)[][] = [];
  const goals: Goal[] = [];
  for (const size of Object.keys(VALUES) as Size[]) {
    progress(size);
    const times = await timesOf(servers, size, scale);
    for (const kind of ["value", "answer"] as const) {
      const [now, before] = [times.get(`now, ${kind}`), times.get(`then, ${kind}`)];
      if (now === undefined || before === undefined) continue;
      const ratio = now.ms / before.ms;
      rows.push([`${size}, ${kind}`, now.ms, before.ms, ratio, now.cpuMs / before.cpuMs]);
      const text = `a hit ÷ the first edition's, ${size}, ${kind}: ≤ ${MOST}`;
      goals.push({ text, measured: ratio.toFixed(2), holds: ratio <= MOST });
    }
  }
  const columns = ["", "ms", `first edition (${FIRST_EDITION}), ms`, "×", "CPU ×"];
  const notes = [
    `Hits with three tags over the Upstash endpoint. The first edition is the library at commit ${FIRST_EDITION}; it sends \`MGET\`, which a replica may answer; the hits of the present library ask the primary, by a script.`,
  ];
  return { tables: [{ title: "Hits", notes, columns, rows }], counts: {}, goals };
}

async function timesOf(
  servers: Servers,
  size: Size,
  scale: Scale,
): Promise<ReadonlyMap<string, Timed>> {
  await servers.call("FLUSHALL");
  const place = placeOf(servers.addresses, false);
  const load = async () => VALUES[size];
  const timings = [];
  for (const [when, { open }] of [
    ["now", oursRest],
    ["then", firstEdition],
  ] as const) {
    const subject = await open(place);
    const key = `${size}:1`;
    for (let read = 0; read < 3; read += 1) await subject.get(key, TAGS, load);
    timings.push(
      { name: `${when}, value`, run: () => subject.get(key, TAGS, load) },
      { name: `${when}, answer`, run: () => subject.answer(key, TAGS, load) },
    );
  }
  return interleave(timings, AMOUNTS[scale][size]);
}
