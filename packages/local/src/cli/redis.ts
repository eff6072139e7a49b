import { parseArgs } from "node:util";
import { enginesFromEnvironment } from "../engines.ts";
import { startRedis } from "../redis/start.ts";
import { startUpstash } from "../upstash/start.ts";

const USAGE = `Usage: npm run redis -- [--port N] [--token TOKEN]

A Redis that speaks Upstash's REST protocol on 127.0.0.1, and nothing else of the local cloud.

  --port N        8079; 0 takes any free one
  --token TOKEN   what clients must send ("local")

Environment: REDIS_ENGINE and REDIS_URL choose what stands behind it, as for \`npm run dev\`.`;

const options = {
  port: { type: "string", default: "8079" },
  token: { type: "string", default: "local" },
  help: { type: "boolean", short: "h", default: false },
} as const;

try {
  const { port, token, help } = parseArgs({ options }).values;
  if (help) console.log(USAGE);
  else await serve(Number(port), token);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}

async function serve(port: number, token: string): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error("--port: write a number from 0 to 65535");
  }
  const redis = await startRedis(enginesFromEnvironment().redis);
  const upstash = await startUpstash({ redis, token, port });
  console.log(`${redis.name} as Upstash on ${upstash.url}, token ${token}`);
  const ended = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => ended.resolve());
  await ended.promise;
  await upstash.close();
  await redis.close();
}
