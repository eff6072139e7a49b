import { randomBytes, randomUUID } from "node:crypto";
import { relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tableDefinition, TTL_ATTRIBUTE } from "@algoitny/core/table/definition";
import { readTtls } from "@algoitny/core/ttl";
import { queues as queueTable } from "@algoitny/functions/deployment/queues";
import { schedules } from "@algoitny/functions/deployment/schedules";
import { readStoreTimeout } from "@algoitny/functions/store-timeout";
import { subscriptions } from "@algoitny/functions/deployment/subscriptions";
import type { Throttle } from "@algoitny/functions/deployment/throttle";
import { createCatalogueGate } from "./catalogue/catalogue-gate.ts";
import { startApi } from "./local-api.ts";
import { startDynamoDb } from "./dynamodb/start-dynamodb.ts";
import { requireFormat } from "./dynamodb/table-format.ts";
import { KEPT_TABLE } from "./kept-table.ts";
import { createMetricStore } from "./cloudwatch/metric-store.ts";
import { startRequestLines } from "./cloudwatch/request-lines.ts";
import { startCloudWatch } from "./cloudwatch/start-cloudwatch.ts";
import { forgetBeat } from "./dynamodb/forget-beat.ts";
import { createTable } from "./dynamodb/local-table.ts";
import type { Engines } from "./engines.ts";
import { startRuntime, type Runtime, type TimeLimits } from "./invoke.ts";
import { claimsOf, createIssuer, type Issuer } from "./issuer/issuer.ts";
import { localLinks } from "./linked-services.ts";
import { createLocalPage } from "./local-page.ts";
import { lockFolder } from "./folder-lock.ts";
import { createLineReader, type MetricTotals } from "./function-lines.ts";
import type { LogEntry } from "./log-entry.ts";
import { narrated } from "./narrated.ts";
import { startQueues, type Queues } from "./queues/start-queues.ts";
import { createPlantedFaults, type PlantedFaults } from "./planted-faults.ts";
import { claimRedis } from "./redis/claim.ts";
import { startRedis, type RedisEngine } from "./redis/start-redis.ts";
import { functionEnvironment } from "./runtime/environment.ts";
import { SAMPLE_ADMIN, SAMPLE_USER } from "./sample/sample-people.ts";
import { addSample, isEmpty } from "./sample/sample.ts";
import { startScheduler, type Scheduler } from "./scheduler/start-scheduler.ts";
import { startTogether } from "./start-together.ts";
import { startEventSourceMapping } from "./streams/mapping.ts";
import { type Intercept, startUpstash, type UpstashServer } from "./upstash/start-upstash.ts";

export interface CloudOptions {
  /** Port of the API, on 127.0.0.1; any free one by default. */
  port?: number;
  /** Folder that keeps data and the key that signs tokens across restarts; without it, both are lost. */
  dataDir?: string | undefined;
  redis?: Engines["redis"];
  dynamodb?: Engines["dynamodb"];
  /** Puts sample data into an empty table. */
  sample?: boolean;
  /** Reads the catalogue into the cache at the start; requests for lists wait for it. */
  warm?: boolean;
  /** Number of API instances: 1 by default. */
  instances?: number;
  /** Throttle of each route, instead of the stacks'. */
  throttle?: Throttle | undefined;
  /** Interval of the beat, which moves the closed timestamp, in ms; default: one minute, as deployed. */
  beatMs?: number | undefined;
  /** Wraps Redis for the functions, to observe it or to inject faults. */
  intercept?: Intercept | undefined;
  /** Folder of the functions' modules: this repository's sources by default. */
  functions?: URL;
  /** Time limits of the functions: those of the deployment by default. */
  limits?: TimeLimits | undefined;
  /** Runs changed code from the next request on; default true. */
  watch?: boolean;
  log?: (entry: LogEntry) => void;
}

/** The local cloud: API, engines, streams, queues and schedules on this machine. */
export interface Cloud extends AsyncDisposable {
  url: string;
  /** Tokens valid for 30 days, for the sample's admin and one of its users. */
  tokens: { admin: string; user: string };
  issueToken: Issuer["issueToken"];
  /** Names of the engines, for a banner. */
  engines: { redis: string; dynamodb: string };
  upstash: Pick<UpstashServer, "url" | "token" | "stats">;
  dynamodb: { endpoint: string; table: string };
  /** Simulates an outage. */
  redis: Pick<RedisEngine, "stop" | "start">;
  /** Resolves when every change made in DynamoDB before the call has been handled. */
  streams: { drained(): Promise<void> };
  queues: Pick<Queues, "urls" | "queue" | "drained" | "skip">;
  scheduler: Scheduler;
  /** Metrics that functions have emitted since the start. */
  metrics(): MetricTotals;
  /** Stops taking requests, then ends everything that was started. */
  close(): Promise<void>;
}

const SETTLE_WITHIN_MS = 3_000;

/** Number of a beat's probes: the streams of local engines have one shard or a few. */
const PROBES = 4;

/** Functions to load first: they load nearly all code that the others share. */
const FIRST_NEEDED = ["http/list-problems", subscriptions.Invalidate.file];

/** Clouds without a data folder may share an engine but must not share a table. */
const tableName = (dataDir: string | undefined) =>
  dataDir === undefined ? `algoitny-${randomUUID()}` : KEPT_TABLE;

/** Starts the local cloud. If that fails, closes everything that had started, and rejects with the cause. */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const { dataDir, log = () => {} } = options;
  await using stack = new AsyncDisposableStack();
  // Functions inherit the settings: an invalid setting fails here rather than in every function.
  readTtls(process.env);
  readStoreTimeout(process.env);
  // Runs before the port is taken: a second start of the same cloud must report the locked folder, not the port.
  if (dataDir !== undefined) {
    const lock = await lockFolder(dataDir);
    stack.defer(() => lock.close());
  }
  const issuer = await createIssuer(dataDir);
  const ready = Promise.withResolvers<Runtime>();
  const scheduling = Promise.withResolvers<Scheduler>();
  const planting = Promise.withResolvers<PlantedFaults>();
  // Only requests wait for these promises, and there may be no request: a rejection must not be unhandled.
  for (const { promise } of [ready, scheduling, planting]) promise.catch(() => {});
  const page = await createLocalPage();
  stack.defer(() => page.close());
  const gate = options.warm ? createCatalogueGate() : undefined;
  const gateway = await startApi({
    port: options.port ?? 0,
    issuer,
    page,
    runtime: ready.promise,
    pass: gate?.pass,
    fire: async (name, event) => (await scheduling.promise).fire(name, event),
    faults: planting.promise,
    throttle: options.throttle,
    log,
  });
  stack.defer(() => gateway.close());
  stack.defer(() => {
    for (const { reject } of [ready, scheduling, planting])
      reject(new Error("the local cloud could not start"));
  });

  const say = (text: string) => log({ kind: "cloud", text });
  const [redis, dynamodb] = await startTogether(stack, [
    startRedis({ ...options.redis, dataDir, log: say }),
    startDynamoDb({ ...options.dynamodb, dataDir, log: say }),
  ]);
  const { endpoint } = dynamodb;
  const table = tableName(dataDir);
  const definition = { ...tableDefinition, TableName: table };
  const streamArn = await createTable(endpoint, definition, {
    ttlAttribute: TTL_ATTRIBUTE,
  }).catch((cause: unknown) => {
    throw new Error(`${dynamodb.name} has not created the table ${table}`, { cause });
  });
  await requireFormat({ endpoint, table });

  const token = randomBytes(24).toString("base64url");
  const faults = createPlantedFaults(redis, options.intercept);
  planting.resolve(faults);
  const upstash = await startUpstash({ redis, token, intercept: faults.intercept });
  stack.defer(() => upstash.close());
  await claimRedis(redis, upstash, streamArn ?? table);
  if (redis.engine !== "url") await forgetBeat({ endpoint, table });
  const queues = await startQueues({
    table: queueTable,
    log: (text) => log({ kind: "queue", text }),
  });
  stack.defer(() => queues.close());
  const links = localLinks({
    issuerUrl: gateway.url,
    table,
    redis: upstash,
    queueUrls: queues.urls,
  });
  const metricStore = createMetricStore();
  const cloudWatch = await startCloudWatch(metricStore);
  stack.defer(() => cloudWatch.close());
  const requests = await startRequestLines();
  stack.defer(() => requests.close());
  const lines = createLineReader(
    (line) => log({ kind: "function", ...line }),
    metricStore,
    requests,
  );
  const runtime = startRuntime({
    env: functionEnvironment(links, {
      dynamodb: endpoint,
      sqs: queues.endpoint,
      cloudwatch: cloudWatch.endpoint,
      logs: requests.endpoint,
      pageFolder: page.folder,
    }),
    ...(options.instances !== undefined && { instances: options.instances }),
    ...(options.limits && { limits: options.limits }),
    ...(options.functions && { folder: options.functions }),
    ...(options.watch === false && { watched: [] }),
    onOutput: lines.read,
    onReload: (path) =>
      say(`${relative(process.cwd(), path)} changed: the next request runs the new code`),
  });
  stack.defer(() => runtime.close());

  const preloaded = runtime.preload(FIRST_NEEDED);
  const isNew = await isEmpty({ endpoint, table });
  if (isNew && options.sample) {
    await addSample({ endpoint, table });
    log({ kind: "cloud", text: "sample data added", routine: true });
  }

  const { invoke } = runtime;
  const consumers = queues.consume(narrated(invoke, "queue", log));
  stack.defer(() => consumers.close());
  const mappings = await startTogether(
    stack,
    Object.entries(subscriptions).map(([name, subscription]) =>
      startEventSourceMapping({
        endpoint,
        tableName: table,
        name,
        subscription,
        invoke: faults.gated(narrated(invoke, "stream", log)),
        dataDir,
        onDestination: (queue, failure) =>
          void queues.queue(queue).send({ body: JSON.stringify(failure) }),
        log: (text) => log({ kind: "stream", text }),
      }),
    ),
  );
  const drained = async () => {
    await Promise.all(mappings.map((mapping) => mapping.drained()));
  };
  // Drains pending stream records first: their invalidations would drop the entries that the first requests store. A failure
  // of the function is logged, and does not stop the start.
  const settled = Promise.all([preloaded, drained()]);
  await Promise.race([settled, sleep(SETTLE_WITHIN_MS, undefined, { ref: false })]);
  const { Beat } = schedules;
  const scheduler = startScheduler({
    schedules: {
      ...schedules,
      Beat: { ...Beat, event: { probes: PROBES }, periodMs: options.beatMs },
    },
    invoke: narrated(invoke, "schedule", log),
    log: (text) => log({ kind: "schedule", text }),
  });
  stack.defer(() => scheduler.close());
  scheduling.resolve(scheduler);
  ready.resolve(runtime);
  void gate?.fill(invoke, () => scheduler.fire("Beat"));

  const [admin, user] = await Promise.all([
    issuer.issueToken(claimsOf(SAMPLE_ADMIN, true)),
    issuer.issueToken(claimsOf(SAMPLE_USER, false)),
  ]);
  const running = stack.move();
  const close = async () => {
    await gateway.close();
    await running.disposeAsync();
  };
  return {
    url: gateway.url,
    tokens: { admin, user },
    issueToken: (claims) => issuer.issueToken(claims),
    engines: { redis: redis.name, dynamodb: dynamodb.name },
    upstash,
    dynamodb: { endpoint, table },
    redis,
    streams: { drained },
    queues,
    scheduler,
    metrics: lines.totals,
    close,
    [Symbol.asyncDispose]: close,
  };
}
