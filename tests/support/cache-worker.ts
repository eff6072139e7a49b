import { setTimeout as delay } from "node:timers/promises";
import {
  Cache,
  type CacheEvent,
  type CacheOptions,
  defineResource,
  parseTag,
  type RefreshTask,
  type Resource,
  type ResourceOptions,
  subscribe,
} from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { connectIpc } from "./ipc.ts";
import { refreshDue } from "./refresh-due.ts";

/** One row, and tags of its entry in addition to `row:<id>` and `rows`. */
export interface RowParams {
  id: number;
  tags?: readonly string[];
}

export type ResourceSettings = Pick<
  ResourceOptions<RowParams, unknown, void>,
  | "version"
  | "ttl"
  | "staleWhileRevalidate"
  | "staleIfError"
  | "negativeTtl"
  | "consistency"
  | "l1"
  | "compression"
  | "hardTimeout"
> & {
  /** Loads many rows with one call. */
  bulk?: boolean;
};

export interface WorkerSettings {
  url: string;
  token: string;
  /** Time limit of one request to the store. */
  requestTimeoutMs: number;
  /** Number of caches in the process, each independent of the others. */
  instances: number;
  /** True when refreshes of stale entries are sent to the test instead of being made by their reader. */
  defers: boolean;
  resources: Record<string, ResourceSettings>;
  options: Pick<
    CacheOptions,
    "prefix" | "reads" | "storeTimeout" | "waitTimeout" | "maxLoadsWithoutStore"
  >;
}

export interface WorkerReading {
  status: string;
  detail: string | undefined;
  stored: boolean;
  collapsed: boolean;
  value: unknown;
  /** By the worker's monotonic clock. */
  tookMs: number;
}

/** Functions of the test's process that the worker calls. */
export interface TestFunctions {
  load(resource: string, params: RowParams): Promise<unknown>;
  loadMany(resource: string, params: readonly RowParams[]): Promise<unknown[]>;
  event(event: CacheEvent): void;
  defer(task: RefreshTask): Promise<void>;
  unhandled(message: string): void;
}

export type WorkerFunctions = typeof functions;

let caches: Cache[] = [];
let resources: Record<string, Resource<RowParams, unknown, void>> = {};
let clockOffsetMs = 0;

const clock = {
  now: () => Date.now() + clockOffsetMs,
  monotonic: () => performance.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    delay(ms, undefined, { ...(signal && { signal }) }).catch(() => undefined),
};

const functions = {
  setUp(settings: WorkerSettings): void {
    const { url, token, requestTimeoutMs, defers, options } = settings;
    resources = Object.fromEntries(
      Object.entries(settings.resources).map(([name, each]) => [name, resourceOf(name, each)]),
    );
    caches = Array.from({ length: settings.instances }, () => {
      const store = createUpstashStore({ url, token, timeout: `${requestTimeoutMs} milliseconds` });
      return new Cache({
        ...options,
        resources: Object.values(resources),
        store,
        clock,
        ...(defers && { enqueueRefresh: defer }),
      });
    });
  },
  async read(
    instance: number,
    resource: string,
    params: RowParams,
    budgetMs?: number,
  ): Promise<WorkerReading> {
    const startMs = performance.now();
    const budget = budgetMs !== undefined && {
      remainingMs: () => budgetMs - (performance.now() - startMs),
    };
    const reading = await cacheOf(instance).getEntry(named(resource), params, { ...budget });
    const { status, detail, stored, collapsed } = reading;
    const value = await reading.value();
    return { status, detail, stored, collapsed, value, tookMs: performance.now() - startMs };
  },
  getMany: (instance: number, resource: string, params: RowParams[]) =>
    cacheOf(instance).getMany(named(resource), params),
  refresh: (instance: number, resource: string, params: RowParams) =>
    refreshDue(cacheOf(instance), named(resource), params),
  invalidate: (instance: number, tags: readonly string[]) =>
    cacheOf(instance).invalidate(tags.map(parseTag)),
  expire: (instance: number, tags: readonly string[]) =>
    cacheOf(instance).expire(tags.map(parseTag)),
  remove: (instance: number, resource: string, params: RowParams) =>
    cacheOf(instance).invalidate(named(resource), params),
  clear: (instance: number) => cacheOf(instance).clear(),
  jumpClock(ms: number): void {
    clockOffsetMs += ms;
  },
};

const test = connectIpc<TestFunctions>(process, functions);

function defer({ resource, key, params, entryId }: RefreshTask): Promise<void> {
  return test("defer", { resource, key, params, entryId });
}

function resourceOf(name: string, { bulk, ...settings }: ResourceSettings) {
  return defineResource<RowParams>({
    name,
    key: ({ id }) => ({ id }),
    tags: ({ id, tags = [] }) => [`row:${id}`, "rows", ...tags].map(parseTag),
    ...settings,
    load: (params) => test("load", name, params),
    ...(bulk && { loadMany: (params) => test("loadMany", name, params) }),
  });
}

function cacheOf(instance: number): Cache {
  return caches[instance] as Cache;
}

function named(resource: string): Resource<RowParams, unknown, void> {
  return resources[resource] as Resource<RowParams, unknown, void>;
}

subscribe((event) => void test("event", withoutError(event)));
process.on("unhandledRejection", (reason) => void test("unhandled", String(reason)));
process.once("disconnect", () => process.exit());

/** Errors may hold values that IPC cannot send. */
function withoutError(event: CacheEvent): CacheEvent {
  return "error" in event && event.error
    ? { ...event, error: new Error(event.error.message) }
    : event;
}
