// Compares hits and misses of GraphQL answers with those of Yoga's response cache, over one redis-server, in one run.
// Run `npm ci` in this folder first.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createRedisCache } from "@envelop/response-cache-redis";
import { useResponseCache } from "@graphql-yoga/plugin-response-cache";
import { createSchema, createYoga } from "graphql-yoga";
import { Redis } from "ioredis";
import { Cache } from "../../cache/src/cache.ts";
import { defineResource } from "../../cache/src/define-resource.ts";
import { withOwnStamp } from "../../cache/src/own-stamp.ts";
import { toResponse } from "../../cache/src/lambda/index.ts";
import { createRedisStore } from "../../cache/src/stores/redis.ts";
import * as ours from "../../cache/src/graphql/index.ts";

const ROUNDS = Number(process.argv[2] ?? 300);
const URL_OF_BOTH = "http://localhost/graphql";
const SIZES = [1, 100, 1_000];
const TYPE_DEFS = `
  type Query { items(count: Int!): [Item!]! }
  type Item { id: ID!, title: String!, platform: String! }`;

const rowsOf = (count) =>
  Array.from({ length: count }, (_, id) => ({
    id: String(id),
    title: `Problem number ${id} of the list`,
    platform: id % 2 ? "codeforces" : "baekjoon",
  }));

const port = await freePort();
const server = spawn("redis-server", ["--port", String(port), "--save", "", "--appendonly", "no"], {
  stdio: "ignore",
});
const clients = [];
try {
  await delay(500);
  const connect = () => {
    const client = new Redis(port, { maxRetriesPerRequest: 20 });
    clients.push(client);
    return client;
  };
  const admin = connect();
  const subjects = { yoga: yogaServer(connect()), ...ourServers(connect()) };
  const names = Object.keys(subjects);
  const report = {};
  for (const count of SIZES) {
    const query = `{ items(count: ${count}) { id title platform } }`;
    const ask = (name) => subjects[name](query);
    const commands = {};
    // The entries of the view are warm, because another document has read them.
    await subjects.event(`{ items(count: ${count}) { id } }`);
    for (const name of ["yoga", "event"]) {
      commands[name] = {
        miss: await commandsOf(admin, () => ask(name)),
        hit: await commandsOf(admin, () => ask(name)),
      };
    }
    const times = Object.fromEntries(names.map((name) => [name, []]));
    const cpu = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS + 20; round += 1) {
      for (const name of round % 2 ? names : names.toReversed()) {
        const startMs = performance.now();
        await ask(name);
        if (round >= 20) times[name].push(performance.now() - startMs);
      }
    }
    // CPU time, which other work on the machine does not increase; each sample is of 20 consecutive hits.
    for (let round = 0; round < ROUNDS / 10; round += 1) {
      for (const name of round % 2 ? names : names.toReversed()) {
        const before = process.cpuUsage();
        for (let hit = 0; hit < 20; hit += 1) await ask(name);
        const { user, system } = process.cpuUsage(before);
        cpu[name].push((user + system) / 20 / 1_000);
      }
    }
    const medians = (of) =>
      Object.fromEntries(names.map((name) => [name, rounded(median(of[name]))]));
    const faster = (of) => (name) => rounded(median(of.yoga.map((ms, at) => ms / of[name][at])));
    const ratios = (of) => ({ event: faster(of)("event"), fetch: faster(of)("fetch") });
    report[count] = {
      hitMs: medians(times),
      hitCpuMs: medians(cpu),
      timesAsFast: ratios(times),
      timesLessCpu: ratios(cpu),
      commands,
    };
  }
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
} finally {
  for (const client of clients) client.disconnect();
  server.kill();
}

function yogaServer(redis) {
  const schema = createSchema({
    typeDefs: TYPE_DEFS,
    resolvers: { Query: { items: (_, { count }) => rowsOf(count) } },
  });
  const plugin = useResponseCache({
    session: () => null,
    cache: createRedisCache({ redis }),
    ttl: 600_000,
    includeExtensionMetadata: false,
  });
  const yoga = createYoga({ schema, plugins: [plugin], logging: false });
  return async (query) => (await yoga.fetch(URL_OF_BOTH, initOf(query))).text();
}

/** `fetch`: Request and Response of Node; `event`: an event of API Gateway and its result, as our functions answer. */
function ourServers(redis) {
  const cache = new Cache({ store: createRedisStore(redis) });
  const items = withOwnStamp(
    defineResource({
      name: "items",
      key: ({ count }) => ({ count }),
      ttl: "10 minutes",
      load: async ({ count }) => rowsOf(count),
    }),
  );
  const schema = ours.createSchema(TYPE_DEFS, {
    Query: { items: ours.view(items, (args) => args) },
  });
  const graphql = ours.createGraphQLCache({ cache, schema: () => schema, version: "1" });
  return {
    fetch: async (query) => {
      const request = new Request(URL_OF_BOTH, initOf(query));
      return (await ours.fetchGraphQL(graphql, request, {})).arrayBuffer();
    },
    event: async (query) => {
      const { method, body, headers } = initOf(query);
      const params = await ours.readParams({
        method,
        search: "",
        contentType: headers["content-type"],
        body: () => body,
      });
      const { reading } = await graphql.answer(params, {});
      const event = { rawPath: "/graphql", rawQueryString: "", headers };
      return toResponse({ ...event, requestContext: { http: { method } } }, reading);
    },
  };
}

function initOf(query) {
  const headers = { "content-type": "application/json", "accept-encoding": "br, gzip" };
  return { method: "POST", body: JSON.stringify({ query }), headers };
}

/** Commands that the server runs for some work, by its own count, without those within scripts. */
async function commandsOf(admin, work) {
  await admin.config("RESETSTAT");
  await work();
  // Promises that are not awaited belong to the work too.
  await delay(50);
  const stats = await admin.info("commandstats");
  const calls = [...stats.matchAll(/cmdstat_([\w|]+):calls=(\d+)/g)].filter(
    ([, name]) => !/^(config|info|client)/.test(name),
  );
  const scripts = calls.some(([, name]) => name === "eval" || name === "evalsha");
  const counted = scripts ? calls.filter(([, name]) => name.startsWith("eval")) : calls;
  return counted.reduce((sum, [, , count]) => sum + Number(count), 0);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function rounded(value) {
  return Math.round(value * 1_000) / 1_000;
}

async function freePort() {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port: free } = probe.address();
  probe.close();
  return free;
}
