import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Actions } from "./servers-main.ts";
import type { Traffic, Weather } from "./proxy.ts";

/** Addresses of the servers, directly and by way of the proxies that count, delay and break. */
export interface Addresses {
  redisPort: number;
  redisPortByProxy: number;
  upstashUrl: string;
  upstashUrlByProxy: string;
  token: string;
  /** Name and version of the server. */
  redis: string;
}

/** Counts since the last call. */
export interface Counts {
  /** At the Upstash endpoint; bytes only of traffic through the proxy. */
  rest: { requests: number; commands: number; bytes: number };
  /** By way of the proxy before Redis. */
  tcp: Traffic;
}

export interface ServersCall {
  id: number;
  action: keyof Actions;
  args: unknown[];
}

export interface ServersReply {
  id: number;
  result?: unknown;
  error?: string;
}

/** A redis-server and an Upstash endpoint over it, in another process. */
export interface Servers extends AsyncDisposable {
  readonly addresses: Addresses;
  counts(): Promise<Counts>;
  setWeather(weather: Weather): Promise<void>;
  /** Starts the embedded DynamoDB over a folder, which keeps its data. */
  startDatabase(folder: string): Promise<{ direct: string; byProxy: string }>;
  /** Time added to each answer of the database. */
  databaseDelay(delayMs: number): Promise<void>;
  /** Runs a Redis command that is not counted. */
  call(...command: string[]): Promise<unknown>;
  /** Kills redis-server (SIGKILL). */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
  const child = fork(path.join(import.meta.dirname, "servers-main.ts"), {
    serialization: "advanced",
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const started = Promise.withResolvers<unknown>();
  waiting.set(0, started);
  child.on("message", ({ id, result, error }: ServersReply) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(error));
  });
  child.once("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the servers ended with ${code}`));
  });
  let calls = 0;
  const send = <Name extends keyof Actions>(action: Name, ...args: unknown[]) => {
    const call = Promise.withResolvers<unknown>();
    const id = ++calls;
    waiting.set(id, call);
    child.send({ id, action, args } satisfies ServersCall);
    return call.promise as Promise<Awaited<ReturnType<Actions[Name]>>>;
  };
  return {
    addresses: (await started.promise) as Addresses,
    counts: () => send("counts"),
    startDatabase: (folder) => send("startDatabase", folder),
    databaseDelay: (delayMs) => send("databaseDelay", delayMs),
    setWeather: (weather) => send("setWeather", weather),
    call: (...command) => send("call", command),
    kill: () => send("kill"),
    restart: () => send("restart"),
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

export const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
