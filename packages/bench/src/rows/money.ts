import { type Adapter, placeOf, type Subject } from "../rivals/rival.ts";
import type { Cell, RowContext, RowResult } from "../result.ts";
import { type Servers, startServers, sum } from "../servers/servers.ts";
import { loadAdapters } from "../subjects.ts";
import { createRandom } from "../generated-problems.ts";
import { PRICES, pricesTable } from "./quoted-prices.ts";

const OURS = "@algoitny/cache";

/** The mix: Zipf with exponent 1 over the views; each has three tags: its own, its shelf's (20 views) and one for all. One request in fifty is a write. */
const VIEWS = 200;
const REQUESTS = 1_000;
const WRITE_EVERY = 50;
const SHELVES = 10;

const HOURS_A_MONTH = 730;
const MILLION = 1e6;
const REQUESTS_A_MONTH = 10 * MILLION;

/** Sizes of small clusters and caches: nodes in three zones, the smallest metered size, and an entry with its stamps. */
const DAX_NODES = 3;
const VALKEY_LEAST_GB = 0.1;
const ENTRY_KB = 10;

/** Read units of a load: those of a segment of 1,000 problems (docs/scale.md); the average of `npm run cost` is lower. */
const UNITS_A_LOAD = 71;

interface Outcome {
  readonly commands: number;
  readonly loads: number;
}

/** Commands of a Zipf mix, and what a million requests cost. */
export async function run({ progress }: RowContext): Promise<RowResult> {
  const adapters = [...(await loadAdapters()).values()];
  await using servers = await startServers();
  const outcomes = new Map<string, Outcome>();
  for (const adapter of adapters) {
    progress(adapter.name);
    outcomes.set(adapter.name, await play(servers, adapter));
  }
  const ours = outcomes.get(OURS) as Outcome;
  const cost = ({ commands, loads }: Outcome) =>
    (commands * PRICES.command.dollars + loads * UNITS_A_LOAD * PRICES.readUnit.dollars) / REQUESTS;
  const names = [...outcomes.keys()].filter((name) => !name.includes("memory"));
  return {
    tables: [
      {
        title: `Commands of ${REQUESTS.toLocaleString("en-US")} requests of a Zipf mix, and Upstash's and DynamoDB's bill`,
        notes: [
          `${VIEWS} views. Each has three tags where the library has tags: its own, its shelf's (${VIEWS / SHELVES} views) and one for all. One request in ${WRITE_EVERY} is a write, which invalidates the first two; without tags it removes the view alone, so that the other ${VIEWS / SHELVES - 1} of its shelf go stale. Every command at Upstash's pay-as-you-go price, whether the library has a client for it or not; a load is ${UNITS_A_LOAD} read units.`,
        ],
        columns: ["", "commands", "loads", "$ a million requests"],
        rows: names.map((name) => {
          const outcome = outcomes.get(name) as Outcome;
          return [name, outcome.commands, outcome.loads, cost(outcome)];
        }),
      },
      alternatives(cost(ours), ours.loads / REQUESTS),
      pricesTable(),
    ],
    counts: Object.fromEntries(names.map((name) => [name, { ...(outcomes.get(name) as Outcome) }])),
    goals: [],
  };
}

/** The data tier of ten million requests a month with other services, by the prices in their documents. */
function alternatives(oursAMillion: number, missShare: number) {
  const load = UNITS_A_LOAD * PRICES.readUnit.dollars;
  const misses = missShare * load;
  const fixed = (hour: number) => (hour * HOURS_A_MONTH * MILLION) / REQUESTS_A_MONTH;
  const { valkeyGbHour, valkeyUnit, daxNodeHour, stageCacheHour, restApi, httpApi } = PRICES;
  const valkey = fixed(valkeyGbHour.dollars * VALKEY_LEAST_GB) + ENTRY_KB * valkeyUnit.dollars;
  const stage = fixed(stageCacheHour.dollars) + restApi.dollars - httpApi.dollars;
  const dax = fixed(daxNodeHour.dollars * DAX_NODES);
  const rows: Cell[][] = [
    ["no cache", load, "every request loads"],
    [OURS, oursAMillion, "as measured above"],
    [
      `DAX, ${DAX_NODES} × t3.small`,
      dax + misses,
      "in a VPC; entries of queries end by lifetime alone",
    ],
    ["ElastiCache Serverless, Valkey", valkey + misses, `in a VPC; entries of ${ENTRY_KB} KB`],
    [
      "API Gateway's own cache, 0.5 GB",
      stage + misses,
      "a REST API in place of an HTTP API; entries end by lifetime alone",
    ],
    [
      "CloudFront",
      misses,
      "within its free 10,000,000 requests and 1 TB a month; entries end by lifetime or by invalidation of a path, which takes seconds",
    ],
  ];
  return {
    title: `Data tier of ${REQUESTS_A_MONTH / MILLION} million requests a month, $ a million requests`,
    notes: [
      "From the prices below, with the miss rate measured above for all but the first. Lambda and HTTP API come on top of each.",
    ],
    columns: ["", "$ a million requests", ""],
    rows,
  };
}

/** One instance plays the mix sequentially: its counts are the same each time. */
async function play(servers: Servers, adapter: Adapter): Promise<Outcome> {
  await servers.call("FLUSHALL");
  const subject = await adapter.open(placeOf(servers.addresses, true));
  const random = createRandom(7);
  const pick = zipf(VIEWS, random);
  let loads = 0;
  const load = async () => {
    loads += 1;
    return { id: 1 };
  };
  await servers.counts();
  for (let request = 1; request <= REQUESTS; request += 1) {
    const view = pick();
    if (request % WRITE_EVERY === 0) await write(subject, view);
    else await subject.get(`view${view}`, tagsOf(view), load);
  }
  await subject.close();
  const { rest, tcp } = await servers.counts();
  return { commands: rest.commands + sum(Object.values(tcp.commands)), loads };
}

const tagsOf = (view: number) => [`view${view}`, `shelf${view % SHELVES}`, "all"];

async function write(subject: Subject, view: number): Promise<void> {
  const [one = "", shelf = ""] = tagsOf(view);
  await (subject.invalidateTags?.([one, shelf]) ?? subject.remove(`view${view}`));
}

/** Picks a view; the n-th is requested 1/n as often as the first. */
function zipf(count: number, random: (below: number) => number): () => number {
  const weights = Array.from({ length: count }, (_, index) => 1 / (index + 1));
  const total = sum(weights);
  return () => {
    let left = (random(MILLION) / MILLION) * total;
    const found = weights.findIndex((weight) => (left -= weight) < 0);
    return found === -1 ? count - 1 : found;
  };
}
