import { access, type FunctionFile } from "../packages/functions/src/deployment/access.ts";
import { timeoutSeconds } from "../packages/functions/src/deployment/timeouts.ts";
import { auth } from "./auth.stack.ts";
import { edgeLink } from "./edge-link.stack.ts";
import { functionName } from "./names.ts";
import { pageFiles } from "./page.stack.ts";
import { queues } from "./queues.stack.ts";
import { redis } from "./redis.stack.ts";
import { requestLog, requestLogStreams } from "./request-log.stack.ts";
import { searchOf } from "./search-link.stack.ts";
import { isProduction } from "./stage.ts";
import { table } from "./table.stack.ts";

const linkables = { Table: table, Redis: redis, Auth: auth };

type Kind = keyof typeof timeoutSeconds;

/**
 * Memory buys processor time: 1,769 MB is one core. Requests, warming and refreshing parse and compress lists of
 * hundreds of problems on a miss; the stream's function only sends a few short commands.
 */
const memory = {
  http: "1024 MB",
  schedule: "1024 MB",
  queue: "1024 MB",
  stream: "512 MB",
} as const satisfies Record<Kind, string>;

/** Arguments of a function: its links and permissions are in deployment/access.ts, its time limit in deployment/timeouts.ts. */
export function functionOf(file: FunctionFile): sst.aws.FunctionArgs {
  const { links, sends = [], reservedConcurrency } = access[file];
  const kind = file.slice(0, file.indexOf("/")) as Kind;
  return {
    name: functionName(file),
    handler: `packages/functions/src/${file}.handler`,
    link: [
      ...links.map((name) => linkables[name]),
      ...sends.map((name) => queues[name]),
      ...(kind === "http" && edgeLink ? [edgeLink] : []),
      ...searchOf(file).links,
    ],
    permissions: permissionsOf(file),
    ...(file === "http/ops-page" && { copyFiles: pageFiles }),
    timeout: `${timeoutSeconds[kind]} seconds`,
    memory: memory[kind],
    ...(kind === "http" && { logging: { format: "json", logGroup: requestLog.name } }),
    // Only production reserves instances: a new account has too few.
    ...(isProduction && reservedConcurrency
      ? { concurrency: { reserved: reservedConcurrency } }
      : {}),
  };
}

function permissionsOf(file: FunctionFile) {
  const {
    table: actions,
    sends = [],
    failuresTo = [],
    readsStream,
    readsMetrics,
    readsRequests,
  } = access[file];
  const written = [...sends, ...failuresTo];
  const streamActions = readsStream ? ["GetShardIterator", "GetRecords"] : [];
  const dynamodb = (names: readonly string[], arn: $util.Input<string>) => ({
    actions: names.map((name) => `dynamodb:${name}`),
    resources: [arn],
  });
  return [
    dynamodb(actions, table.arn),
    dynamodb(streamActions, table.nodes.table.streamArn),
    {
      actions: written.length > 0 ? ["sqs:SendMessage"] : [],
      resources: written.map((name) => queues[name].arn),
    },
    { actions: readsRequests ? ["logs:FilterLogEvents"] : [], resources: [requestLogStreams] },
    searchOf(file).permission,
    { actions: readsMetrics ? ["cloudwatch:GetMetricData"] : [], resources: ["*"] },
  ].filter((permission) => permission.actions.length > 0);
}
