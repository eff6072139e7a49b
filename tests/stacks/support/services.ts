import { tableDefinition, TTL_ATTRIBUTE } from "@algoitny/core/table/definition";
import { startDynamoDb } from "@algoitny/local/dynamodb/start-dynamodb";
import { createTable } from "@algoitny/local/dynamodb/local-table";
import { createMetricStore } from "@algoitny/local/cloudwatch/metric-store";
import { startRequestLines } from "@algoitny/local/cloudwatch/request-lines";
import { startCloudWatch } from "@algoitny/local/cloudwatch/start-cloudwatch";
import { type Queues, startQueues } from "@algoitny/local/queues/start-queues";
import { startRedis } from "@algoitny/local/redis/start-redis";
import { startUpstash } from "@algoitny/local/upstash/start-upstash";
import { type Graph, theOne } from "./graph.ts";
import { startIamProxy } from "./iam-proxy.ts";
import { queueTable } from "./deployed-queues.ts";
import { roleOf, statementsOf } from "./roles.ts";

const REDIS_TOKEN = "deployed";

/** Services of the deployed functions: Redis, and AWS's services behind the roles of the graph. */
export interface Services extends AsyncDisposable {
  redis: { url: string; token: string };
  /** For DynamoDB and its streams, behind IAM. */
  dynamodbUrl: string;
  /** For SQS, behind IAM. */
  sqsUrl: string;
  /** For CloudWatch, behind IAM. */
  cloudWatchUrl: string;
  /** For CloudWatch's logs, behind IAM. */
  logsUrl: string;
  /** DynamoDB itself, for tests. */
  engineUrl: string;
  queues: Queues;
  /** Actions that a function, by its id in the graph, has used. */
  used(id: string): string[];
}

export async function startServices(graph: Graph): Promise<Services> {
  const stack = new AsyncDisposableStack();
  const grants = (id: string) => grantsOf(graph, id);

  const engine = await startDynamoDb({ engine: "embedded" });
  stack.defer(() => engine.close());
  const table = String(theOne(graph, "aws:dynamodb/table:Table").inputs["name"]);
  const definition = { TableName: table, ...tableDefinition };
  await createTable(engine.endpoint, definition, { ttlAttribute: TTL_ATTRIBUTE });
  const dynamodb = stack.use(await startIamProxy(engine.endpoint, grants));

  const queues = await startQueues({ table: queueTable(graph) });
  stack.defer(() => queues.close());
  const sqs = stack.use(await startIamProxy(queues.endpoint, grants));

  const metrics = await startCloudWatch(createMetricStore());
  stack.defer(() => metrics.close());
  const cloudWatch = stack.use(await startIamProxy(metrics.endpoint, grants));

  const lines = await startRequestLines();
  stack.defer(() => lines.close());
  const logs = stack.use(await startIamProxy(lines.endpoint, grants));

  const redis = await startRedis({ engine: "embedded" });
  stack.defer(() => redis.close());
  const upstash = stack.use(await startUpstash({ redis, token: REDIS_TOKEN }));

  return {
    redis: { url: upstash.url, token: REDIS_TOKEN },
    dynamodbUrl: dynamodb.endpoint,
    sqsUrl: sqs.endpoint,
    cloudWatchUrl: cloudWatch.endpoint,
    logsUrl: logs.endpoint,
    engineUrl: engine.endpoint,
    queues,
    used: (id) =>
      [dynamodb, sqs, cloudWatch, logs].flatMap(({ used }) => [...(used.get(id) ?? [])]).toSorted(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Permissions of a function's role. */
function grantsOf(graph: Graph, id: string): { action: string; resource: string }[] {
  const { inputs } = theOne(graph, "aws:lambda/function:Function", `${id}Function`);
  return statementsOf(roleOf(graph, String(inputs["name"]))).flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => ({ action, resource }))),
  );
}
