import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { localLinks } from "@algoitny/local/linked-services";
import { functionEnvironment } from "@algoitny/local/runtime/environment";
import { bundleTo } from "../bundles.ts";
import { createPost } from "../kept-alive.ts";
import { type Amount, interleave, type Timed } from "../measure.ts";
import type { Goal, RowContext, RowResult, Table } from "../result.ts";
import { type Servers, startServers } from "../servers/servers.ts";
import { fillSite, OWNER, siteFolder, type SiteSize, TABLE } from "../site.ts";
import { type Name, READS } from "./cached-reads.ts";
import { goalsOf } from "./endpoint-goals.ts";
import { throughputTable } from "./throughput.ts";

const SIZES = {
  quick: { problems: 60, executions: 21_000 },
  full: { problems: 4_637, executions: 200_000 },
} as const;

/**
 * Each turn has many hits: after a garbage collection the first ones run in V8's interpreter, both the handler's and the
 * reference's, and their ratio would say little about compiled code.
 */
const AMOUNTS = {
  quick: { rounds: 1, operations: 3, loads: 1 },
  full: { rounds: 7, operations: 300, loads: 2, warmUp: 2_000 },
} as const;

/** Time added to each answer of the database: none, and that of DynamoDB from a function (single-digit milliseconds). */
const DELAYS_MS = [0, 5] as const;

const FLOOR = "one `MGET` of a problem's entry over a kept-alive agent";

type Handler = (event: unknown, context: unknown) => Promise<Result>;
interface Result {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface Work {
  readonly commands: number;
  readonly reads: number;
}

/** Each endpoint's handler as it is deployed, with the cache and without. */
export async function run({ scale, progress }: RowContext): Promise<RowResult> {
  const size = SIZES[scale];
  const folder = await mkdtemp(path.join(tmpdir(), "bench-endpoints-"));
  // The handlers write metrics and log lines to stdout, which is silent while they run.
  const write = process.stdout.write.bind(process.stdout);
  try {
    await using servers = await startServers();
    const site = await siteFolder(size);
    const database = await servers.startDatabase(site);
    await fillSite(database.direct, site, size, progress);
    const { upstashUrl, token } = servers.addresses;
    process.stdout.write = () => true;
    const cached = await open(path.join(folder, "cached"), database.byProxy, upstashUrl, token);
    const uncached = await open(path.join(folder, "alone"), database.byProxy, CLOSED, token);
    const counts: Record<string, Record<string, number>> = {};
    const readsOfMiss = new Map<Name, number>();
    const names = Object.keys(READS) as Name[];
    for (const name of names) {
      progress(`counts, ${name}`);
      const miss = await workOf(servers, () => cached(name));
      // A computed answer is stored at its second request.
      await cached(name);
      const hit = await workOf(servers, () => cached(name));
      await uncached(name);
      counts[`${name}, miss`] = { commands: miss.commands };
      counts[`${name}, hit`] = { ...hit };
      readsOfMiss.set(name, miss.reads);
    }
    const tables: Table[] = [workTable(counts, readsOfMiss)];
    const goals: Goal[] = [];
    const floor = await floorOf(servers);
    for (const delayMs of DELAYS_MS) {
      progress(`times, database + ${delayMs} ms`);
      await servers.databaseDelay(delayMs);
      const times = await timesOf(names, { cached, uncached, floor }, AMOUNTS[scale]);
      tables.push(tableOf(times, { delayMs, size }));
      goals.push(...goalsOf(times, { floor: FLOOR, delayMs }));
    }
    progress("throughput");
    tables.push(await throughputTable(names, { cached, uncached }, scale));
    return { tables, counts, goals };
  } finally {
    process.stdout.write = write;
    await rm(folder, { recursive: true, force: true });
  }
}

/** A port without a listener: the cache's breaker opens, and every read loads. */
const CLOSED = "http://127.0.0.1:1";

type Read = (name: Name) => Promise<Result>;

/** Bundles the handlers and imports them with their links: each bundle acts as a container with a separate cache. */
async function open(folder: string, dynamodb: string, url: string, token: string): Promise<Read> {
  const links = localLinks({
    issuerUrl: CLOSED,
    table: TABLE,
    redis: { url, token },
    queueUrls: {},
  });
  const handlers = new Map<string, Handler>();
  Object.assign(process.env, functionEnvironment(links, { dynamodb }, {}));
  for (const { file } of Object.values(READS)) {
    if (handlers.has(file)) continue;
    const module = `packages/functions/src/http/${file}.handler`;
    const built = await bundleTo(path.join(folder, file), module);
    const { handler } = (await import(pathToFileURL(built.file).href)) as { handler: Handler };
    handlers.set(file, handler);
  }
  return async (name) => {
    const handler = handlers.get(READS[name].file) as Handler;
    const result = await handler(eventOf(name), CONTEXT);
    if (result.statusCode !== 200) throw new Error(`${name}: status ${result.statusCode}`);
    return result;
  };
}

const CONTEXT = { awsRequestId: "bench", getRemainingTimeInMillis: () => 10_000 };

/** The event that API Gateway makes of a browser's request. */
function eventOf(name: Name) {
  const [method = "", target = ""] = name.split(" ");
  const { pathname, search } = new URL(target, "http://bench");
  const id = /\/(\d+)\//.exec(pathname)?.[1];
  return {
    version: "2.0",
    routeKey: name,
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: { "accept-encoding": "gzip, deflate, br", host: "bench" },
    ...(id !== undefined && { pathParameters: { id } }),
    isBase64Encoded: false,
    requestContext: {
      http: { method, path: pathname, protocol: "HTTP/1.1", sourceIp: "127.0.0.1" },
      requestId: "bench",
      stage: "$default",
      ...(pathname.includes("account") && { authorizer: { jwt: { claims: CLAIMS } } }),
    },
  };
}

const CLAIMS = { sub: OWNER.sub, email: OWNER.email, email_verified: "true" };

async function workOf(servers: Servers, read: () => Promise<Result>): Promise<Work> {
  await servers.counts();
  const { headers } = await read();
  const { rest } = await servers.counts();
  const reads = /db;desc="(\d+) reads?"/.exec(headers["server-timing"] ?? "")?.[1];
  return { commands: rest.commands, reads: Number(reads) };
}

async function floorOf(servers: Servers) {
  const { upstashUrl, token } = servers.addresses;
  const names = ((await servers.call("KEYS", "algoitny:1:*")) as unknown[]).map(String);
  const entry = names.find((name) => /problem_detail:[^@]*7/.test(name) && !name.includes(":tag:"));
  const stamps = names.filter((name) => name.includes(":tag:")).slice(0, 3);
  if (entry === undefined) throw new Error(`no entry of a problem among ${names.join(", ")}`);
  const post = createPost(upstashUrl, token);
  return async () => JSON.parse(await post(["MGET", entry, ...stamps])) as unknown;
}

function workTable(counts: RowResult["counts"], readsOfMiss: ReadonlyMap<Name, number>): Table {
  return {
    title: "Commands to Redis and requests to DynamoDB",
    notes: [
      "The miss of `?page_size=200` loads nothing: the process computes the list from the segments of the catalogue, which it has kept since the list above.",
    ],
    columns: ["", "hit: commands", "requests", "miss: commands", "requests"],
    rows: [...readsOfMiss].map(([name, reads]) => [
      name,
      counts[`${name}, hit`]?.["commands"] ?? null,
      counts[`${name}, hit`]?.["reads"] ?? null,
      counts[`${name}, miss`]?.["commands"] ?? null,
      reads,
    ]),
  };
}

type Times = ReadonlyMap<string, Timed>;

function timesOf(
  names: readonly Name[],
  { cached, uncached, floor }: { cached: Read; uncached: Read; floor: () => Promise<unknown> },
  { loads, ...amount }: Amount & { loads: number },
): Promise<Times> {
  const timings = names.flatMap((name) => [
    { name: `${name}, cached`, run: () => cached(name) },
    { name: `${name}, uncached`, run: () => uncached(name), operations: loads },
  ]);
  return interleave([{ name: FLOOR, run: floor }, ...timings], amount);
}

function tableOf(times: Times, { delayMs, size }: { delayMs: number; size: SiteSize }): Table {
  const floor = times.get(FLOOR) as Timed;
  return {
    title: `Handlers on ${size.problems.toLocaleString("en-US")} problems and ${size.executions.toLocaleString("en-US")} executions, database + ${delayMs} ms`,
    notes: [
      `The deployed bundles, called in one process: the times do not include the local gateway and its workers. They include the local REST endpoint; "less the endpoint" subtracts its time from that of a hit: ${floor.ms.toFixed(2)} ms, measured by ${FLOOR}. Uncached: the same handler without a reachable Redis, so that its breaker is open and every read loads. The database is the embedded engine${delayMs > 0 ? ` with ${delayMs} ms added to each answer` : ""}. CPU is that of the handler's process alone; that \`MGET\` takes ${floor.cpuMs.toFixed(2)} ms of CPU.`,
    ],
    columns: [
      "",
      "cached, ms",
      "uncached, ms",
      "×",
      "× less the endpoint",
      "CPU of a hit, ms",
      "CPU ÷ `MGET`",
    ],
    rows: (Object.keys(READS) as Name[]).map((name) => {
      const hit = times.get(`${name}, cached`) as Timed;
      const load = times.get(`${name}, uncached`) as Timed;
      const own = hit.ms - floor.ms;
      return [
        name,
        hit.ms,
        load.ms,
        load.ms / hit.ms,
        own > 0 ? load.ms / own : null,
        hit.cpuMs,
        hit.cpuMs / floor.cpuMs,
      ];
    }),
  };
}
