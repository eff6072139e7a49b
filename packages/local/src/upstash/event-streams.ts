import type { ServerResponse } from "node:http";
import type { RedisEngine, Subscriber } from "../redis/redis-engine.ts";
import type { Command } from "../redis/reply.ts";
import { HttpError } from "./rest-error.ts";
import type { Target } from "./rest-request.ts";
import type { Runner } from "./runner.ts";

/** Answers with server-sent events until the client or Redis disconnects. */
export type Stream = (response: ServerResponse) => Promise<void>;

/** `/subscribe/ch`, `/psubscribe/pattern` and `/monitor`; undefined for every other path. */
export function streamFor(
  { path }: Target,
  runner: Runner,
  redis: RedisEngine,
): Stream | undefined {
  const [name = "", ...channels] = path.map(String);
  if (name === "subscribe" || name === "psubscribe") {
    return (response) => subscribe(response, runner, redis, name, channels);
  }
  if (name === "monitor") return (response) => monitor(response, runner);
  return undefined;
}

async function subscribe(
  response: ServerResponse,
  runner: Runner,
  redis: RedisEngine,
  kind: Subscriber["kind"],
  channels: string[],
): Promise<void> {
  if (channels.length === 0) {
    throw new HttpError(400, `ERR wrong number of arguments for '${kind}' command`);
  }
  const early: string[] = [];
  let show = (line: string): void => void early.push(line); // no event is sent before the confirmation
  const subscription = await redis.subscribe({
    kind,
    channels,
    onMessage: ({ channel, payload, pattern }) => {
      const words = pattern === undefined ? ["message"] : ["pmessage", pattern];
      show([...words, channel, payload].join(","));
    },
    onEnd: () => response.destroy(),
  });
  response.once("close", () => subscription.close());
  open(response, runner);
  show = (line) => event(response, line);
  for (const line of [...channels.map((channel, i) => `${kind},${channel},${i + 1}`), ...early])
    show(line);
}

async function monitor(response: ServerResponse, runner: Runner): Promise<void> {
  const show = (command: Command): void => event(response, monitorLine(command));
  runner.monitor.on("command", show);
  response.once("close", () => runner.monitor.off("command", show));
  open(response, runner);
  event(response, '"OK"');
}

function monitorLine(command: Command): string {
  const seconds = (Date.now() / 1_000).toFixed(6);
  const words = command.map((word) => JSON.stringify(String(word))).join(" ");
  return `${seconds} [0 127.0.0.1:0] ${words}`;
}

function open(response: ServerResponse, runner: Runner): void {
  runner.count(1);
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    "upstash-sync-token": runner.syncToken(),
  });
  response.flushHeaders();
}

function event(response: ServerResponse, data: string): void {
  response.write(`data: ${data.replaceAll(/\r?\n/g, "\ndata: ")}\n\n`);
}
