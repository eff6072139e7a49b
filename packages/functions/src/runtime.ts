import { Cache } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { CACHE_PREFIX } from "./cache-prefix.ts";
import { paramsOfDetail } from "@algoitny/core/problem/problem.resources";
import type { Source } from "@algoitny/core/source";
import { MAX_STALENESS } from "@algoitny/core/ttl";
import type { Hide } from "@algoitny/core/table/database";
import type { Key } from "@algoitny/core/table/keys";
import { views } from "@algoitny/core/views";
import type { RequestStats } from "./endpoint/request-stats.ts";
import { links, queueUrl } from "./links.ts";
import { describeError } from "./telemetry/log.ts";
import { countReads } from "./popularity/popularity.ts";
import { createSharedCounts } from "./popularity/shared-counts.ts";
import { createRefreshQueue } from "./refreshing/refresh-queue.ts";
import { createSendMessage } from "./sqs.ts";
import { tallyEvents } from "./telemetry/statistics.ts";
import { readStoreTimeout } from "./store-timeout.ts";
import { createBatch } from "./telemetry/observe-batch.ts";
import { noteCacheEvents } from "./telemetry/cache-events.ts";
import { createLog } from "./telemetry/logger.ts";
import { createObserver } from "./telemetry/observe.ts";
import { withProcessMetrics } from "./telemetry/process-metrics.ts";
import { addMetric } from "./telemetry/scope.ts";

/** The composition root: what lives as long as the container, built from what is linked to it; `http-runtime.ts` for requests. */
export const log = createLog();

const observer = withProcessMetrics(createObserver());
export const { observe, publish } = observer;
export const batch = createBatch(observer);
noteCacheEvents();

export const store = createUpstashStore(links.redis());

export const send = createSendMessage();

const refreshes = queueUrl("Refreshes");

export const cache = new Cache({
  store,
  prefix: CACHE_PREFIX,
  resources: views,
  maxStaleness: MAX_STALENESS,
  storeTimeout: readStoreTimeout(process.env),
  // Without a linked queue, the first reader of a stale entry refreshes it.
  ...(refreshes !== undefined && { enqueueRefresh: createRefreshQueue({ url: refreshes, send }) }),
});

/** Number of each of the cache's events in this process. */
export const eventCounts = tallyEvents();

/** Counts reads of problems' details, the entries that popularity warms. */
export const popularity = countReads({
  counts: createSharedCounts(links.redis()),
  counted: (key) => paramsOfDetail(key) !== undefined,
  log,
});

/** The AWS SDK and the tables are loaded by the first load: a container that only ever hits never pays for them. */
const openTables = once(async () => {
  const [{ createClient, createDatabase }, { createTables }] = await Promise.all([
    import("@algoitny/core/table/database"),
    import("@algoitny/core/tables"),
  ]);
  const options = { tableName: links.table().name, client: createClient(), onUnreadable };
  return (onCall: () => void, hide: Hide | undefined) =>
    createTables(createDatabase({ ...options, onCall, hide }));
});

function onUnreadable({ pk, sk }: Key, error: unknown): void {
  log.error("an item cannot be read", { pk, sk, error: describeError(error) });
}

/**
 * The tables. A request's meter counts what it asks of DynamoDB; where there is none, the invocation's metrics do. What
 * hides nothing needs no `hide`.
 */
export function openSource(meter?: Pick<RequestStats, "databaseCalls">, hide?: Hide): Source {
  const tables = once(async () => {
    const open = await openTables();
    return open(() => {
      if (meter) meter.databaseCalls += 1;
      else addMetric("DatabaseReads", 1);
    }, hide);
  });
  return { tables };
}

/** Makes something when it is asked for first, and keeps it. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
