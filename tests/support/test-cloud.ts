import { startCloud, type Cloud, type CloudOptions } from "@algoitny/local/cloud";
import { enginesFromEnvironment } from "@algoitny/local/engines";
import type { Throttle } from "@algoitny/functions/deployment/throttle";
import type { LogEntry } from "@algoitny/local/log-entry";
import { inject } from "vitest";
import { requireDocumented } from "./documented.ts";
import { PATIENT_LIMITS } from "./patient-limits.ts";
import { sharedEndpoint } from "./shared-engine.ts";

export interface TestCloud extends Cloud {
  /** Log entries so far. */
  entries: readonly LogEntry[];
  /**
   * Calls the API: the path with its query, `as` the user (a token), the rest as `fetch` takes it. Rejects if the API's
   * document does not describe the answer.
   */
  call(path: string, init?: RequestInit & { as?: string }): Promise<Response>;
}

/** Tests send more requests than people do: the limit is that of an AWS account, unless a test is about throttling. */
const UNTHROTTLED = { ratePerSecond: 10_000, burst: 5_000 };

/** Beats run only when a test fires one: on a busy machine, a scheduled one would collide with the test. */
const A_DAY_MS = 86_400_000;

/**
 * A whole local cloud on free ports that saves nothing, over the engines of the environment: embedded ones unless
 * `REDIS_ENGINE` and `DYNAMODB_ENGINE` name others. It runs the functions as they are bundled for the tests. Clouds of
 * one process share a DynamoDB, with a separate table each. Close it, or hold it by `await using`.
 */
export async function testCloud(
  options: Pick<CloudOptions, "instances" | "sample" | "intercept" | "redis"> & {
    throttle?: Throttle | undefined;
  } = {},
): Promise<TestCloud> {
  const { redis } = enginesFromEnvironment();
  const entries: LogEntry[] = [];
  const cloud = await startCloud({
    throttle: UNTHROTTLED,
    beatMs: A_DAY_MS,
    limits: PATIENT_LIMITS,
    ...options,
    functions: new URL(inject("functions")),
    watch: false,
    redis: options.redis ?? { ...redis, engine: redis.engine ?? "embedded" },
    dynamodb: { endpoint: await sharedEndpoint() },
    log: (entry) => entries.push(entry),
  });
  return {
    ...cloud,
    entries,
    async call(path, { as, ...init } = {}) {
      const headers = new Headers(init.headers);
      if (as !== undefined) headers.set("authorization", `Bearer ${as}`);
      if (typeof init.body === "string" && !headers.has("content-type")) {
        headers.set("content-type", "application/json");
      }
      const response = await fetch(`${cloud.url}${path}`, { ...init, headers });
      const { method = "GET" } = init;
      const body = await response.clone().text();
      requireDocumented({ method, path, status: response.status, headers: response.headers, body });
      return response;
    },
  };
}
