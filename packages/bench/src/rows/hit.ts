import { Redis as Upstash } from "@upstash/redis";
import { createPost } from "../kept-alive.ts";
import { type Amount, interleave, type Timed } from "../measure.ts";
import { type Size, VALUES } from "../generated-problems.ts";
import { type Adapter, placeOf, type Subject } from "../rivals/rival.ts";
import type { Chart, Goal, RowContext, RowResult, Scale, Table } from "../result.ts";
import { loadAdapters } from "../subjects.ts";
import { arrivalsTable } from "./hit-arrivals.ts";
import { FLOOR_AGENT, FLOOR_PARSED, FLOOR_SDK, goalsOf } from "./hit-goals.ts";
import { type Servers, startServers } from "../servers/servers.ts";

const TAG_COUNTS = [0, 3, 10] as const;
const KEY = "view:1";
const SIZES = Object.keys(VALUES) as Size[];

/** Timed cases. `full` has each size without a delay, and one size with the delays of a network; `quick` has one case. */
const TIMED: Record<Scale, readonly Case[]> = {
  quick: [{ size: "50 problems", delayMs: 0, rounds: 2, operations: 4 }],
  full: [
    { size: "1 KB", delayMs: 0, rounds: 9, operations: 300, warmUp: 1_500 },
    { size: "50 problems", delayMs: 0, rounds: 9, operations: 200, warmUp: 1_000 },
    { size: "1,000 problems", delayMs: 0, rounds: 9, operations: 100, warmUp: 400 },
    { size: "50 problems", delayMs: 1, rounds: 5, operations: 10 },
    { size: "50 problems", delayMs: 3, rounds: 5, operations: 10 },
  ],
};

interface Case extends Amount {
  readonly size: Size;
  readonly delayMs: number;
}

/** The hit path: reads of a stored entry, one after the other. */
export async function run({ scale, progress }: RowContext): Promise<RowResult> {
  const adapters = await loadAdapters();
  await using servers = await startServers();
  const counts = await countAll(servers, [...adapters.values()], progress);
  const tables: Table[] = [countsTable(counts)];
  const goals: Goal[] = [];
  const charts: Chart[] = [];
  for (const each of TIMED[scale]) {
    progress(`times, ${each.size}, ${each.delayMs} ms`);
    await servers.setWeather({ delayMs: each.delayMs });
    const times = await timeAll(servers, adapters, each);
    tables.push(timesTable(times, each));
    if (each.delayMs === 0) goals.push(...goalsOf(times, each.size));
    if (each.delayMs === 0 && each.size === "1,000 problems")
      charts.push(chartOf(times, each.size));
  }
  await servers.setWeather({ delayMs: 0 });
  tables.push(await arrivalsTable(servers, [...adapters.values()], { scale, progress }));
  return { tables, counts: Object.fromEntries(flat(counts)), goals, charts };
}

interface HitCount extends Readonly<Record<string, number>> {
  readonly commands: number;
  readonly requests: number;
  readonly bytes: number;
}

type Counted = Map<string, Map<string, HitCount>>;

/** Commands, requests and bytes of one hit, by subject and by size and number of tags. */
async function countAll(
  servers: Servers,
  adapters: readonly Adapter[],
  progress: RowContext["progress"],
): Promise<Counted> {
  const counted: Counted = new Map();
  for (const adapter of adapters) {
    progress(`counts, ${adapter.name}`);
    const subject = await adapter.open(placeOf(servers.addresses, true));
    const of = new Map<string, HitCount>();
    for (const size of SIZES)
      for (const count of subject.invalidateTags ? TAG_COUNTS : ([0] as const)) {
        await servers.call("FLUSHALL");
        of.set(caseName(size, count), await countHit(servers, subject, size, count));
      }
    counted.set(adapter.name, of);
    await subject.close();
  }
  return counted;
}

async function countHit(servers: Servers, subject: Subject, size: Size, tagCount: number) {
  const tags = tagNames(tagCount);
  // A separate name for each case: an entry that L1 has kept from an earlier case would not be read from Redis.
  const key = `${KEY}:${SIZES.indexOf(size)}:${tagCount}`;
  const read = () => subject.get(key, tags, async () => VALUES[size]);
  for (let index = 0; index < 3; index += 1) await read();
  await settled(servers);
  await read();
  const { rest, tcp } = await settled(servers);
  return subject.transport === "REST"
    ? rest
    : {
        commands: Object.values(tcp.commands).reduce((sum, each) => sum + each, 0),
        requests: tcp.roundTrips,
        bytes: tcp.bytes,
      };
}

/** Reads the counts once no more commands arrive: some libraries send commands that they do not await. */
async function settled(servers: Servers) {
  const first = await servers.counts();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const more = await servers.counts();
    if (more.rest.bytes + more.tcp.bytes === 0) return first;
    first.rest.requests += more.rest.requests;
    first.rest.commands += more.rest.commands;
    first.rest.bytes += more.rest.bytes;
    first.tcp.roundTrips += more.tcp.roundTrips;
    first.tcp.bytes += more.tcp.bytes;
    for (const [name, count] of Object.entries(more.tcp.commands))
      first.tcp.commands[name] = (first.tcp.commands[name] ?? 0) + count;
  }
}

const caseName = (size: Size, tagCount: number) => `${size}, ${tagCount} tags`;

const tagNames = (count: number) => Array.from({ length: count }, (_, index) => `tag${index}`);

function* flat(counted: Counted): Iterable<[string, HitCount]> {
  for (const [name, of] of counted)
    for (const [where, count] of of) yield [`${name}, ${where}`, count];
}

function countsTable(counted: Counted): Table {
  const ofTags = TAG_COUNTS.map((count) => caseName("50 problems", count));
  const ofSizes = SIZES.map((size) => caseName(size, 3));
  return {
    title: "Commands, round trips and bytes of one hit",
    notes: [
      "Of `get`: commands and, where they differ, the round trips that they take. Bytes go both ways, HTTP's headers and Redis's framing included, with three tags where the library has tags.",
    ],
    columns: ["", "0 tags", "3 tags", "10 tags", ...SIZES.map((size) => `bytes, ${size}`)],
    rows: [...counted].map(([name, of]) => [
      name,
      ...ofTags.map((each) => {
        const { commands, requests } = of.get(each) ?? {};
        if (commands === undefined) return "has no tags";
        return commands === requests ? commands : `${commands} in ${requests}`;
      }),
      ...ofSizes.map((each, index) => {
        const count = of.get(each) ?? of.get(caseName(SIZES[index] as Size, 0));
        return count?.bytes ?? null;
      }),
    ]),
  };
}

type Times = Map<string, Timed>;

/**
 * Times of hits with three tags, or without tags where the library has none. Each hit is timed twice: until `get` returns
 * the value, and until the answer is made.
 */
async function timeAll(
  servers: Servers,
  adapters: ReadonlyMap<string, Adapter>,
  { size, delayMs, ...amount }: Case,
): Promise<Times> {
  await servers.call("FLUSHALL");
  const place = placeOf(servers.addresses, delayMs > 0);
  const value = VALUES[size];
  const tags = tagNames(3);
  const load = async () => value;
  const subjects = await Promise.all([...adapters.values()].map((adapter) => adapter.open(place)));
  for (const subject of subjects) await subject.get(`${subject.name}:1`, tags, load);
  const timings = subjects.flatMap((subject) => {
    const key = `${subject.name}:1`;
    return [
      { name: `${subject.name}, value`, run: () => subject.get(key, tags, load) },
      { name: `${subject.name}, answer`, run: () => subject.answer(key, tags, load) },
    ];
  });
  const floors = await openFloors(servers, place.upstash, value);
  const times = await interleave([...floors, ...timings], amount);
  await Promise.all(subjects.map((subject) => subject.close()));
  return times;
}

/**
 * One `MGET` of the keys that a hit of ours reads, an entry and three stamps, by two clients; and one of plain JSON with the
 * same stamps.
 */
async function openFloors(
  servers: Servers,
  { url, token }: { url: string; token: string },
  value: unknown,
) {
  const names = (await servers.call("KEYS", "cache:1*")) as unknown[];
  const keys = names.map(String);
  const entry = keys.find((key) => key.endsWith(":%40algoitny%2Fcache%3A1")) ?? "";
  const stamps = keys.filter((key) => /tag\d$/.test(key)).slice(0, 3);
  await servers.call("SET", "floor:json", JSON.stringify(value));
  if (entry === "" || stamps.length < 3)
    throw new Error(`no entry with three stamps among ${keys.join(", ")}`);
  const sdk = new Upstash({
    url,
    token,
    automaticDeserialization: false,
    responseEncoding: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    retry: { retries: 0 },
  });
  const post = createPost(url, token);
  const looked = [entry, ...stamps];
  return [
    { name: FLOOR_SDK, run: () => sdk.mget(looked) },
    { name: FLOOR_AGENT, run: async () => JSON.parse(await post(["MGET", ...looked])) as unknown },
    {
      name: FLOOR_PARSED,
      run: async () => {
        const { result } = JSON.parse(await post(["MGET", "floor:json", ...stamps])) as {
          result: string[];
        };
        return JSON.parse(result[0] as string) as unknown;
      },
    },
  ];
}

function timesTable(times: Times, { size, delayMs }: Case): Table {
  const floor = times.get(FLOOR_SDK) as Timed;
  return {
    title: `${size}, round trip + ${delayMs} ms`,
    columns: ["", "ms", "× SDK's `MGET`", "CPU ms", "CPU ×"],
    rows: [...times].map(([name, { ms, cpuMs }]) => [
      name,
      ms,
      ms / floor.ms,
      cpuMs,
      cpuMs / floor.cpuMs,
    ]),
  };
}

/** Answers as a caller of the API sees them. */
function chartOf(times: Times, size: Size): Chart {
  const suffix = ", answer";
  return {
    name: "hit",
    title: `An HTTP answer from the cache, ${size}`,
    unit: "ms",
    bars: [...times]
      .filter(([name]) => name.endsWith(suffix))
      .map(([name, { ms }]) => ({ label: name.slice(0, -suffix.length), value: ms })),
  };
}
