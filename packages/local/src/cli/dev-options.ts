import { parseArgs } from "node:util";
import { choiceOf } from "@algoitny/ops/cli/flag-values";
import { DEFAULT_DATA_DIR } from "@algoitny/ops/cli/running-cloud";
import { enginesFromEnvironment, type Engines } from "../engines.ts";

const DEFAULT_PORT = 8000;

export const DEV_USAGE = `Usage: npm run dev -- [options]

  --port N                   port of the API on 127.0.0.1 (${DEFAULT_PORT}; 0 takes any free one)
  --data DIR                 folder of the data and of the key that signs tokens (${DEFAULT_DATA_DIR})
  --redis embedded|server    Redis in this process, or redis-server (server if it is on PATH, else embedded)
  --dynamodb embedded|local  DynamoDB by dynoxide, or by DynamoDB Local, which needs Java (embedded)
  --no-sample                start empty: no sample data
  --verbose                  a line for every event: streams, queues, log lines of functions, each request of a burst
  --json                     one JSON object on the first line of stdout, the log on stderr
                             (npm run -s dev -- --json omits npm's own lines)
  --help                     this text

Environment: REDIS_URL and DYNAMODB_ENDPOINT are addresses of running engines; REDIS_ENGINE and DYNAMODB_ENGINE
have the values of --redis and --dynamodb; a flag takes precedence. CORS_ORIGINS lists the origins whose pages may read
answers, separated by commas (default: ports 3000 and 5173 of this machine).

Commands for the running cloud: npm run import, npm run token, npm run fire; -- --help prints the usage of each.`;

export interface DevOptions {
  port: number;
  dataDir: string;
  engines: Engines;
  sample: boolean;
  verbose: boolean;
  json: boolean;
  help: boolean;
}

/** Parses the text of `--port`; throws unless it is a port number. */
export function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`--port ${text}: write a number from 0 to 65535`);
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      port: { type: "string" },
      data: { type: "string" },
      redis: { type: "string" },
      dynamodb: { type: "string" },
      "no-sample": { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  }).values;
}

/** Parses `dev`'s command line; throws an error that names the mistake. */
export function parseDevOptions(
  args: readonly string[],
  env: Readonly<NodeJS.ProcessEnv> = process.env,
): DevOptions {
  const flags = parse(args);
  const { redis, dynamodb } = enginesFromEnvironment(env);
  const redisEngine = choiceOf("redis", flags.redis, ["embedded", "server"]);
  const dynamodbEngine = choiceOf("dynamodb", flags.dynamodb, ["embedded", "local"]);
  if (flags.data === "") throw new Error("--data: name a folder");
  return {
    port: flags.port === undefined ? DEFAULT_PORT : portOf(flags.port),
    dataDir: flags.data ?? DEFAULT_DATA_DIR,
    engines: {
      // A flag applies to this run only, so it takes precedence over an address in the environment.
      redis: redisEngine ? { engine: redisEngine } : redis,
      dynamodb: dynamodbEngine ? { engine: dynamodbEngine } : dynamodb,
    },
    sample: !flags["no-sample"],
    verbose: flags.verbose,
    json: flags.json,
    help: flags.help,
  };
}
