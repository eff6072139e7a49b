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
import { startDynamoDb, type DynamoDbEngine } from "@algoitny/local/dynamodb/start-dynamodb";
import { createTable, localClientConfig } from "@algoitny/local/dynamodb/local-table";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";

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

const logged: string[] = [];
let shared: DynamoDbEngine;

beforeAll(async () => {
  shared = await startDynamoDb({ engine, log: (line) => logged.push(line) });
});

afterAll(() => shared.close());

test("an engine names itself and answers on 127.0.0.1", async () => {
  expect(shared.name).toMatch(
    engine === "local" ? /^DynamoDB Local 3\.1\.0$/ : /^dynoxide \d+\.\d+\.\d+ \(embedded\)$/,
  );
  expect(shared.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await answers(shared.endpoint)).toBe(true);
});

test("the embedded engine has the index that keeps its writes fast", () => {
  expect(logged.filter((line) => line.includes("stream stays as it is"))).toEqual([]);
});

test("a given endpoint is used unchanged, and still answers after close", async () => {
  const given = await startDynamoDb({ endpoint: shared.endpoint });
  expect(given).toMatchObject({
    name: `DynamoDB at ${shared.endpoint}`,
    endpoint: shared.endpoint,
  });
  await given.close();
  expect(await answers(shared.endpoint)).toBe(true);
});

test("an endpoint where nothing answers is refused with the variable that names it", async () => {
  await expect(startDynamoDb({ endpoint: "http://127.0.0.1:1" })).rejects.toThrow(
    "no DynamoDB answers at http://127.0.0.1:1: check DYNAMODB_ENDPOINT",
  );
});

test("concurrent requests create the table once, with its stream and its time to live", async () => {
  await Promise.all([1, 2, 3].map(() => createTable(shared.endpoint, definition, ttl)));
  const client = clientOf(shared.endpoint);
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

test("another engine beside it has separate data, which are gone once it is closed", async () => {
  const other = await startDynamoDb({ engine });
  for (const { endpoint } of [shared, other]) await createTable(endpoint, definition, ttl);
  await clientOf(shared.endpoint).send(new PutItemCommand({ TableName: "AlgoItny", Item: item }));
  const read = await clientOf(other.endpoint).send(
    new GetItemCommand({ TableName: "AlgoItny", Key: item }),
  );
  expect(read.Item).toBeUndefined();
  await other.close();
  expect(await answers(other.endpoint)).toBe(false);
});

test("data in a data folder survives a restart", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "algoitny-test-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startDynamoDb({ engine, dataDir });
  await createTable(first.endpoint, definition, ttl);
  await clientOf(first.endpoint).send(new PutItemCommand({ TableName: "AlgoItny", Item: item }));
  await first.close();

  const lines: string[] = [];
  await using second = await startDynamoDb({ engine, dataDir, log: (line) => lines.push(line) });
  expect(lines).toEqual([]);
  await createTable(second.endpoint, definition, ttl);
  const read = await clientOf(second.endpoint).send(
    new GetItemCommand({ TableName: "AlgoItny", Key: item }),
  );
  expect(read.Item).toEqual(item);
});

test("no engine outlives the process that started it, not even after kill -9", async () => {
  const start = new URL("../../../packages/local/src/dynamodb/start-dynamodb.ts", import.meta.url)
    .href;
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
