import { parseArgs } from "node:util";
import { enginesFromEnvironment } from "../engines.ts";
import { startRedis } from "../redis/start-redis.ts";
import { startUpstash } from "../upstash/start-upstash.ts";
import { runCommand } from "@algoitny/ops/cli/command";
import { portOf } from "./dev-options.ts";

const USAGE = `Usage: npm run redis -- [options]

Starts only the local cloud's Redis, with Upstash's REST protocol, on 127.0.0.1.

  --port N        port (8079; 0 takes any free one)
  --token TOKEN   token that clients must send (local)
  --json          one JSON object of { url, token, engine } once it is ready
  --help          this text

Environment: REDIS_ENGINE and REDIS_URL choose the engine, as for \`npm run dev\`.`;

function parse() {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8079" },
      token: { type: "string", default: "local" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return { ...values, port: portOf(values.port) };
}

await runCommand({
  usage: USAGE,
  parse,
  run: async ({ port, token, json }) => {
    const redis = await startRedis(enginesFromEnvironment().redis);
    const upstash = await startUpstash({ redis, token, port }).catch(async (error: unknown) => {
      await redis.close();
      throw error;
    });
    console.log(
      json
        ? JSON.stringify({ url: upstash.url, token, engine: redis.name })
        : `${redis.name} as Upstash on ${upstash.url}, token ${token}`,
    );
    const ended = Promise.withResolvers<void>();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
      process.once(signal, () => ended.resolve());
    await ended.promise;
    await upstash.close();
    await redis.close();
  },
});
