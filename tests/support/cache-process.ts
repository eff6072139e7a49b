import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { CacheEvent, RefreshTask } from "@algoitny/cache";
import type {
  RowParams,
  TestFunctions,
  WorkerFunctions,
  WorkerReading,
  WorkerSettings,
} from "./cache-worker.ts";
import { connectIpc } from "./ipc.ts";

export type { ResourceSettings, RowParams, WorkerReading } from "./cache-worker.ts";

/** One of the caches in another process. */
export interface RemoteCache {
  /** `budgetMs`: remaining time of the request when the read starts. */
  read(resource: string, params: RowParams, budgetMs?: number): Promise<WorkerReading>;
  /** Returns the value only. */
  get(resource: string, params: RowParams): Promise<unknown>;
  getMany(resource: string, params: readonly RowParams[]): Promise<unknown[]>;
  refresh(resource: string, params: RowParams): Promise<string>;
  invalidate(...tags: string[]): Promise<void>;
  expire(...tags: string[]): Promise<void>;
  /** Invalidates one entry. */
  remove(resource: string, params: RowParams): Promise<void>;
  clear(): Promise<void>;
}

export interface CacheProcess extends RemoteCache, AsyncDisposable {
  /** The methods of the process itself use its first cache. */
  caches: readonly RemoteCache[];
  /** Events that its caches have reported so far. */
  events: CacheEvent[];
  /** Stale entries whose refresh it has sent to the queue. */
  deferred: RefreshTask[];
  /** Unhandled promise rejections. */
  unhandled: string[];
  /** Stops it between two instructions, as Lambda does after a response: no timer fires, no message is read. */
  freeze(): void;
  thaw(): void;
  /** Kills it (SIGKILL) at any instruction. */
  kill(): Promise<void>;
  /** Sets its wall clock forward or back; its timers are unaffected. */
  jumpClock(ms: number): Promise<void>;
  /** Resets its wall clock. */
  resetClock(): Promise<void>;
}

/** A load that the test answers. */
export interface OriginLoad {
  /** Name of the process that loads. */
  process: string;
  resource: string;
  /** One row, unless it is a bulk load. */
  params: readonly RowParams[];
  isBulk: boolean;
}

/** The value of a load, undefined for "not found"; for a bulk load the values in order. */
export type Origin = (load: OriginLoad) => unknown;

export type ProcessOptions = Partial<Omit<WorkerSettings, "url" | "token" | "resources">> &
  Pick<WorkerSettings, "resources"> & {
    upstash: { url: string; token: string };
    origin: Origin;
    /** Passed to the origin, to distinguish processes. */
    name?: string;
    onDefer?: (task: RefreshTask) => void | Promise<void>;
  };

const WORKER = fileURLToPath(new URL("cache-worker.ts", import.meta.url));

/** Starts a Node process with separate caches over the store at `upstash`; `origin` answers every load. */
export async function startCacheProcess(settings: ProcessOptions): Promise<CacheProcess> {
  const { upstash, origin, name = "process", onDefer = () => {} } = settings;
  const child = fork(WORKER, {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const [events, deferred, unhandled]: [CacheEvent[], RefreshTask[], string[]] = [[], [], []];
  const functions: TestFunctions = {
    load: async (resource, row) =>
      origin({ process: name, resource, params: [row], isBulk: false }),
    loadMany: async (resource, params) =>
      (await origin({ process: name, resource, params, isBulk: true })) as unknown[],
    event: (event) => void events.push(event),
    defer: async (task) => {
      deferred.push(task);
      await onDefer(task);
    },
    unhandled: (message) => void unhandled.push(message),
  };
  const call = connectIpc<WorkerFunctions>(child, { ...functions });
  const { instances = 1, defers = false, requestTimeoutMs = 20_000, options = {} } = settings;
  await call("setUp", {
    url: upstash.url,
    token: upstash.token,
    requestTimeoutMs,
    instances,
    defers,
    resources: settings.resources,
    options: { storeTimeout: "20 seconds", ...options },
  });
  const remote = (instance: number): RemoteCache => ({
    read: (resource, params, budgetMs) => call("read", instance, resource, params, budgetMs),
    get: async (resource, params) => (await call("read", instance, resource, params)).value,
    getMany: (resource, params) => call("getMany", instance, resource, [...params]),
    refresh: (resource, params) => call("refresh", instance, resource, params),
    invalidate: (...tags) => call("invalidate", instance, tags),
    expire: (...tags) => call("expire", instance, tags),
    remove: (resource, params) => call("remove", instance, resource, params),
    clear: () => call("clear", instance),
  });
  const caches = Array.from({ length: instances }, (_, instance) => remote(instance));
  let aheadMs = 0;
  const jumpClock = async (ms: number) => {
    aheadMs += ms;
    await call("jumpClock", ms);
  };
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  return {
    ...remote(0),
    caches,
    events,
    deferred,
    unhandled,
    kill,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    jumpClock,
    resetClock: () => jumpClock(-aheadMs),
    [Symbol.asyncDispose]: kill,
  };
}

/** A load that waits for the test. */
export interface HeldLoad extends OriginLoad {
  answer(value: unknown): void;
  fail(message: string): void;
}

/** An origin whose every load ends when the test ends it. */
export function heldOrigin() {
  const started: HeldLoad[] = [];
  const arrivals: PromiseWithResolvers<HeldLoad>[] = [];
  const arrival = (index: number) => (arrivals[index] ??= Promise.withResolvers());
  let taken = 0;
  const origin: Origin = (load) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const held = {
      ...load,
      answer: resolve,
      fail: (message: string) => reject(new Error(message)),
    };
    arrival(started.length).resolve(held);
    started.push(held);
    return promise;
  };
  return {
    origin,
    /** All loads so far, in order. */
    started,
    /** The next load that the test has not received yet. */
    next: () => arrival(taken++).promise,
  };
}
