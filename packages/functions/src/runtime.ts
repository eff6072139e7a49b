import { Cache } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { CACHE_PREFIX } from "./cache-prefix.ts";
import { paramsOfDetail } from "@algoitny/core/problem/problem.resources";
import type { ProblemSearch } from "@algoitny/core/problem/problem-search";
import type { Source } from "@algoitny/core/source";
import { MAX_STALENESS } from "@algoitny/core/ttl";
import type { Hide } from "@algoitny/core/table/database";
import { hasRecorded } from "@algoitny/core/view";
import { views } from "@algoitny/core/views";
import type { RequestMeter } from "./endpoint/request-stats.ts";
import { links, queueUrl, searchLink } from "./links.ts";
import { once } from "./once.ts";
import { countReads } from "./popularity/popularity.ts";
import { createSharedCounts } from "./popularity/shared-counts.ts";
import { createRefreshQueue } from "./refreshing/refresh-queue.ts";
import { createSendMessage } from "./sqs.ts";
import { tallyEvents } from "./telemetry/statistics.ts";
import { readStoreTimeout } from "./store-timeout.ts";
import { createBatch } from "./telemetry/observe-batch.ts";
import { noteCacheEvents } from "./telemetry/cache-events.ts";
import { createKeyId } from "./telemetry/key-id.ts";
import { createLog } from "./telemetry/logger.ts";
import { createObserver } from "./telemetry/observe.ts";
import { withProcessMetrics } from "./telemetry/process-metrics.ts";
import { addMetric } from "./telemetry/scope.ts";
import { readVerifyPerMinute, verifyThrough } from "./verifying/sample-hits.ts";

// The composition root: objects that live as long as the container, built from its links; `http-runtime.ts` adds those
// for requests.

export const log = createLog();

const observer = withProcessMetrics(createObserver());
export const { observe, publish } = observer;
export const batch = createBatch(observer);
noteCacheEvents();

export const store = createUpstashStore(links.redis());

/** Id of a key in log lines. */
export const keyId = createKeyId(links.redis().token);

export const send = createSendMessage();

const refreshes = queueUrl("Refreshes");
const verifications = queueUrl("Verifications");
const perMinute = readVerifyPerMinute(process.env);

export const cache = new Cache({
  store,
  prefix: CACHE_PREFIX,
  resources: views,
  maxStaleness: MAX_STALENESS,
  storeTimeout: readStoreTimeout(process.env),
  ...(verifications !== undefined &&
    perMinute > 0 && { verify: verifyThrough({ url: verifications, send, perMinute }) }),
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

/** True if some views are recorded: writes then have to invalidate the tags of recorded reads too. */
export const hasRecordedViews = hasRecorded(process.env);

/** Loaded by the first load: a container that only serves hits never pays for the AWS SDK and the tables. */
export const openTables = once(async () => {
  const module = await import("./open-tables.ts");
  return module.openTables({
    cache,
    hasRecordedViews,
    tableName: links.table().name,
    log,
  });
});

/**
 * The source of loads and writes: tables, search and catalogue. A request's meter counts its DynamoDB requests; without
 * a request, the invocation's metrics do. Only callers whose writes hide something need `hide`.
 */
export function openSource(
  meter?: Pick<RequestMeter, "databaseCalls" | "names">,
  hide?: Hide,
  remainingMs?: () => number,
): Source {
  const onCall = () => {
    if (meter) meter.databaseCalls += 1;
    else countCall();
  };
  const names = meter?.names;
  const tables = once(async () => (await openTables())(onCall, { hide, names }));
  const source: Source = {
    tables,
    search,
    experiment: async (view) => (await uncountedTables()).experiments.get(view),
    catalogue: async () => (await catalogueReads()).readCached(cache, source, remainingMs),
    recorded: (reads) => ({
      tables: once(async () => (await openTables())(onCall, { hide, reads })),
      catalogue: async () => (await catalogueReads()).readInLoad(reads.cache, source),
    }),
  };
  return source;
}

/** Loaded by the first list or search that is computed. */
const catalogueReads = once(() => import("./catalogue-reads.ts"));

const searchEngine = searchLink();
/** Loaded by the first search. */
const openSearch = once(async () => {
  const { createOpenSearch } = await import("./searching/opensearch.ts");
  return createOpenSearch({ url: searchEngine?.url ?? "" });
});
const search: ProblemSearch | undefined = searchEngine && {
  find: async (query) => (await openSearch()).find(query),
};

/** Tables whose calls count for no request: the state of experiments is read for all of them. */
const uncountedTables = once(async () => (await openTables())(() => {}));

/** Counts a request to DynamoDB for the invocation. */
export const countCall = () => addMetric("DatabaseReads", 1);
