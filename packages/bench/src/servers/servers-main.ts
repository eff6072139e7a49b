import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { spawnBound } from "@algoitny/local/child-process";
import { startDynamoDb } from "@algoitny/local/dynamodb/start-dynamodb";
import { startRedis } from "@algoitny/local/redis/start-redis";
import { startUpstash } from "@algoitny/local/upstash/start-upstash";
import type { Counts, ServersCall, ServersReply } from "./servers.ts";
import { type Proxy, startProxy, type Weather } from "./proxy.ts";

/** Runs Redis and the endpoint in a separate process, so that their CPU time is not counted as the clients'. */

const TOKEN = "bench";

const redisPort = await freePort();
const startServer = async () => {
  const options = { port: redisPort, bind: "127.0.0.1", save: "", appendonly: "no" };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const started = spawnBound("redis-server", args);
  while (!(await answers(redisPort))) {
    if (!started.running()) throw new Error(`redis-server did not start: ${started.output()}`);
    await sleep(20);
  }
  return started;
};
let server = await startServer();
const redis = await startRedis({ url: `redis://127.0.0.1:${redisPort}` });
const upstash = await startUpstash({ redis, token: TOKEN });
const upstashPort = Number(new URL(upstash.url).port);
const proxies = {
  redis: await startProxy(redisPort, true),
  upstash: await startProxy(upstashPort, false),
};

/** Counters at the last call of `counts`, which returns the differences. */
let before = upstash.stats();

let database: Proxy | undefined;

const actions = {
  /** Starts the embedded DynamoDB over a folder. Returns two addresses: its own and that of a proxy before it. */
  async startDatabase(dataDir: string) {
    const { endpoint } = await startDynamoDb({ engine: "embedded", dataDir });
    database = await startProxy(Number(new URL(endpoint).port), false);
    return { direct: endpoint, byProxy: `http://127.0.0.1:${database.port}` };
  },
  async databaseDelay(delayMs: number) {
    await database?.setWeather({ delayMs });
  },
  async setWeather(weather: Weather) {
    await Promise.all(Object.values(proxies).map((proxy) => proxy.setWeather(weather)));
  },
  async call(command: readonly string[]) {
    const reply = await redis.call([...command]);
    if (reply instanceof Error) throw reply;
    return reply;
  },
  counts(): Counts {
    const now = upstash.stats();
    const rest = {
      requests: now.requests - before.requests,
      commands: now.commands - before.commands,
      bytes: proxies.upstash.traffic().bytes,
    };
    before = now;
    return { rest, tcp: proxies.redis.traffic() };
  },
  async kill() {
    await server.kill();
  },
  async restart() {
    server = await startServer();
    await redis.start();
  },
};

process.on("message", ({ id, action, args }: ServersCall) => {
  const act = actions[action] as (...values: unknown[]) => unknown;
  void Promise.resolve()
    .then(() => act(...args))
    .then(
      (result) => reply({ id, result }),
      (error: unknown) => reply({ id, error: String(error) }),
    );
});
process.once("disconnect", () => void server.kill().then(() => process.exit()));

const reply = (message: ServersReply) => process.send?.(message);

reply({
  id: 0,
  result: {
    redisPort,
    redisPortByProxy: proxies.redis.port,
    upstashUrl: upstash.url,
    upstashUrlByProxy: `http://127.0.0.1:${proxies.upstash.port}`,
    token: TOKEN,
    redis: redis.name,
  },
});

export type Actions = typeof actions;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), "close");
  return port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const answered = await Promise.race([
    once(socket, "connect").then(() => true),
    once(socket, "close").then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return answered;
}
