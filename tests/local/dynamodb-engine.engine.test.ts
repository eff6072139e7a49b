import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { tableDefinition, TTL_ATTRIBUTE } from "@algoitny/core/table/definition";
import { enginesFromEnvironment } from "@algoitny/local/engines";
import { startDynamoDb } from "@algoitny/local/dynamodb/start";
import { createTable, localClientConfig } from "@algoitny/local/dynamodb/table";
import { expect, onTestFinished, test, vi } from "vitest";

const { engine } = enginesFromEnvironment().dynamodb;
const definition = { TableName: "AlgoItny", ...tableDefinition };
const ttl = { ttlAttribute: TTL_ATTRIBUTE };
const item = { pk: { S: "a" }, sk: { S: "b" } };

function clientOf(endpoint: string): DynamoDBClient {
  const client = new DynamoDBClient(localClientConfig(endpoint));
  onTestFinished(() => client.destroy());
  return client;
}

async function answers(endpoint: string): Promise<boolean> {
  return await fetch(endpoint).then(
    () => true,
    () => false,
  );
}

test("an engine says what it is, answers on 127.0.0.1 and is gone once closed", async () => {
  const running = await startDynamoDb({ engine });
  expect(running.name).toMatch(
    engine === "local" ? /^DynamoDB Local 3\.1\.0$/ : /^dynoxide \d+\.\d+\.\d+ \(embedded\)$/,
  );
  expect(running.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await answers(running.endpoint)).toBe(true);
  await running.close();
  expect(await answers(running.endpoint)).toBe(false);
});

test("two engines run side by side, each with its own data", async () => {
  const engines = await Promise.all([startDynamoDb({ engine }), startDynamoDb({ engine })]);
  onTestFinished(async () => void (await Promise.all(engines.map((running) => running.close()))));
  const [left, right] = engines;
  await Promise.all(engines.map(({ endpoint }) => createTable(endpoint, definition, ttl)));
  await clientOf(left.endpoint).send(new PutItemCommand({ TableName: "AlgoItny", Item: item }));
  const read = await clientOf(right.endpoint).send(
    new GetItemCommand({ TableName: "AlgoItny", Key: item }),
  );
  expect(read.Item).toBeUndefined();
});

test("the table is made once, with its stream and its TTL, by as many as ask for it", async () => {
  await using running = await startDynamoDb({ engine });
  await Promise.all([1, 2, 3].map(() => createTable(running.endpoint, definition, ttl)));
  const client = clientOf(running.endpoint);
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: "AlgoItny" }));
  expect(table).toMatchObject({
    TableStatus: "ACTIVE",
    StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
  const { TimeToLiveDescription: setting } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: "AlgoItny" }),
  );
  expect(setting).toMatchObject({ TimeToLiveStatus: "ENABLED", AttributeName: "ttl" });
});

test("data in a data folder survives a restart", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "algoitny-test-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startDynamoDb({ engine, dataDir });
  await createTable(first.endpoint, definition, ttl);
  await clientOf(first.endpoint).send(new PutItemCommand({ TableName: "AlgoItny", Item: item }));
  await first.close();

  await using second = await startDynamoDb({ engine, dataDir });
  await createTable(second.endpoint, definition, ttl);
  const read = await clientOf(second.endpoint).send(
    new GetItemCommand({ TableName: "AlgoItny", Key: item }),
  );
  expect(read.Item).toEqual(item);
});

test("no engine outlives the process that started it, not even after kill -9", async () => {
  const start = new URL("../../packages/local/src/dynamodb/start.ts", import.meta.url).href;
  const script = `
    const { startDynamoDb } = await import(${JSON.stringify(start)});
    const { endpoint } = await startDynamoDb({ engine: ${JSON.stringify(engine)} });
    process.stdout.write(endpoint, () => process.kill(process.pid, "SIGKILL"));`;
  const child: unknown = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "-e",
    script,
  ]).catch((error: unknown) => error);
  expect(child).toMatchObject({
    signal: "SIGKILL",
    stdout: expect.stringContaining("http://127.0.0.1:"),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- matched above
  const { stdout } = child as { stdout: string };
  await vi.waitFor(async () => expect(await answers(stdout)).toBe(false), { timeout: 5_000 });
});

test("a given endpoint is used as it is and goes on after close", async () => {
  await using running = await startDynamoDb({ engine });
  const given = await startDynamoDb({ endpoint: running.endpoint });
  expect(given).toMatchObject({
    name: `DynamoDB at ${running.endpoint}`,
    endpoint: running.endpoint,
  });
  await given.close();
  expect(await answers(running.endpoint)).toBe(true);
});
