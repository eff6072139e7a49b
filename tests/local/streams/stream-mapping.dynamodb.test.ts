import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { localClientConfig } from "@algoitny/local/dynamodb/local-table";
import {
  startEventSourceMapping,
  type EventSourceMappingOptions,
} from "@algoitny/local/streams/mapping";
import type { FailureRecord } from "@algoitny/local/streams/destination";
import type { Subscription } from "@algoitny/local/streams/subscription";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { testTable } from "../../support/dynamodb.ts";

type Handler = (records: DynamoDBRecord[]) => unknown;

/** Creates a private table and a function that feeds a handler from its stream. */
async function setup() {
  const table = await testTable();
  const client = new DynamoDBClient(localClientConfig(table.endpoint));
  onTestFinished(async () => {
    client.destroy();
    await table[Symbol.asyncDispose]();
  });
  const { tableName } = table.db;
  const follow = async (
    handler: Handler,
    limits: Partial<Subscription> = {},
    options: Partial<EventSourceMappingOptions> = {},
  ) => {
    const mapping = await startEventSourceMapping({
      endpoint: table.endpoint,
      tableName,
      name: `Test-${randomUUID()}`,
      subscription: { file: "stream/test", ...limits },
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the mapping promises to hand over
      invoke: async (_file, event) => await handler((event as DynamoDBStreamEvent).Records),
      ...options,
    });
    onTestFinished(() => mapping.close());
    return mapping;
  };
  const put = (pk: string, value: number) =>
    client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: { pk: { S: pk }, sk: { S: "x" }, value: { N: String(value) } },
      }),
    );
  const remove = (pk: string) =>
    client.send(
      new DeleteItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: "x" } } }),
    );
  return { client, tableName, follow, put, remove };
}

/** Describes a change, as in `a = 1` or `a gone`. */
function changeText(record: DynamoDBRecord): string {
  const value = record.dynamodb?.NewImage?.["value"]?.N;
  return `${record.dynamodb?.Keys?.["pk"]?.S} ${value === undefined ? "gone" : `= ${value}`}`;
}

describe("changes in a table", () => {
  test("reach a handler once each, in order, with both images", async () => {
    const { client, tableName, follow, put, remove } = await setup();
    const records: DynamoDBRecord[] = [];
    const mapping = await follow((batch) => void records.push(...batch));
    await put("a", 1);
    await put("a", 2);
    await put("a", 2); // changes nothing
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { pk: { S: "a" }, sk: { S: "x" } },
        UpdateExpression: "SET bytes = :bytes",
        ExpressionAttributeValues: { ":bytes": { B: new Uint8Array([1, 2, 255]) } },
      }),
    );
    await remove("a");
    await mapping.drained();

    expect(records.map((record) => record.eventName)).toEqual([
      "INSERT",
      "MODIFY",
      "MODIFY",
      "REMOVE",
    ]);
    const [inserted, modified, bytes, removed] = records.map((record) => record.dynamodb);
    expect(inserted).not.toHaveProperty("OldImage");
    expect(modified).toMatchObject({
      OldImage: { value: { N: "1" } },
      NewImage: { value: { N: "2" } },
    });
    expect(bytes?.NewImage?.["bytes"]).toEqual({ B: "AQL/" });
    expect(removed).toMatchObject({
      Keys: { pk: { S: "a" }, sk: { S: "x" } },
      OldImage: { value: { N: "2" } },
    });
    expect(removed).not.toHaveProperty("NewImage");
    expect(records[0]).toMatchObject({
      eventSource: "aws:dynamodb",
      eventVersion: "1.1",
      eventID: expect.any(String),
    });
    expect(records[0]?.eventSourceARN).toMatch(
      /^arn:aws:dynamodb:[\w-]+:000000000000:table\/.+\/stream\/.+$/,
    );
  });

  test("all arrive of a transaction, and of a batch write too", async () => {
    const { client, tableName, follow } = await setup();
    const keys: string[] = [];
    const mapping = await follow(
      (batch) => void keys.push(...batch.map((record) => record.dynamodb?.Keys?.["pk"]?.S ?? "")),
    );
    const item = (pk: string) => ({ Item: { pk: { S: pk }, sk: { S: "x" } } });
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: ["t1", "t2", "t3"].map((pk) => ({
          Put: { TableName: tableName, ...item(pk) },
        })),
      }),
    );
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: { [tableName]: ["b1", "b2"].map((pk) => ({ PutRequest: item(pk) })) },
      }),
    );
    await mapping.drained();
    expect(keys.toSorted()).toEqual(["b1", "b2", "t1", "t2", "t3"]);
  });

  test("reach the handler within 300 ms in the median", async () => {
    const { follow, put } = await setup();
    const seen = new Map<string, number>();
    await follow((batch) =>
      batch.forEach((record) => seen.set(changeText(record), performance.now())),
    );
    await put("first", 0); // the clients' connections are up
    await vi.waitFor(() => expect(seen.size).toBe(1), { timeout: 5_000, interval: 5 });

    const waits: number[] = [];
    for (let value = 1; value <= 10; value += 1) {
      const writtenMs = performance.now();
      await put("timed", value);
      const key = `timed = ${value}`;
      await vi.waitFor(() => expect(seen.has(key)).toBe(true), { timeout: 5_000, interval: 5 });
      waits.push((seen.get(key) ?? Number.NaN) - writtenMs);
    }
    const median = waits.toSorted((left, right) => left - right)[5];
    expect(median).toBeLessThan(300);
  });

  test("of concurrent writers arrive once each, in order for each item", async () => {
    const { follow, put } = await setup();
    const records: string[] = [];
    const mapping = await follow((batch) => void records.push(...batch.map(changeText)), {
      parallelizationFactor: 4,
    });
    const writers = Array.from({ length: 8 }, (_none, index) => `w${index}`);
    await Promise.all(
      writers.map(async (pk) => {
        for (let value = 0; value < 25; value += 1) await put(pk, value);
      }),
    );
    await mapping.drained();
    expect(records).toHaveLength(200);
    for (const pk of writers) {
      const own = records.filter((text) => text.startsWith(`${pk} `));
      expect(own).toEqual(Array.from({ length: 25 }, (_none, value) => `${pk} = ${value}`));
    }
  });
});

describe("a subscription", () => {
  test("with a filter on the keys sees INSERT, MODIFY and REMOVE of those items only", async () => {
    const { follow, put, remove } = await setup();
    const seen: string[] = [];
    const filters = [{ dynamodb: { Keys: { pk: { S: [{ prefix: "PROBLEM#" }] } } } }];
    const mapping = await follow(
      (batch) => void seen.push(...batch.map((r) => `${r.eventName} ${changeText(r)}`)),
      { filters },
    );
    for (const pk of ["PROBLEM#1", "USER#1"]) {
      await put(pk, 1);
      await put(pk, 2);
      await remove(pk);
    }
    await mapping.drained();
    expect(seen).toEqual(["INSERT PROBLEM#1 = 1", "MODIFY PROBLEM#1 = 2", "REMOVE PROBLEM#1 gone"]);
  });

  test("with LATEST gets the changes since its start", async () => {
    const { follow, put } = await setup();
    await put("before", 1);
    const seen: string[] = [];
    const mapping = await follow((batch) => void seen.push(...batch.map(changeText)), {
      startingPosition: "LATEST",
    });
    await put("after", 1);
    await mapping.drained();
    expect(seen).toEqual(["after = 1"]);
  });

  test("isolates a poison record, reports its place and continues with the rest", async () => {
    const { follow, put, tableName } = await setup();
    for (let value = 1; value <= 5; value += 1) await put("a", value);
    const done: string[] = [];
    const notes: FailureRecord[] = [];
    const handler: Handler = (batch) => {
      if (batch.some((record) => changeText(record) === "a = 3")) throw new Error("poison");
      done.push(...batch.map(changeText));
    };
    const limits = {
      maximumRetryAttempts: 1,
      bisectBatchOnFunctionError: true,
      onFailure: "Failed",
    };
    const mapping = await follow(handler, limits, {
      onDestination: (_queue, note) => void notes.push(note),
    });
    await mapping.drained();
    expect(done).toEqual([1, 2, 4, 5].map((value) => `a = ${value}`));
    expect(notes).toHaveLength(1);
    expect(notes[0]?.requestContext.condition).toBe("RetryAttemptsExhausted");
    const { DDBStreamBatchInfo: batch } = notes[0] ?? {};
    expect(batch).toMatchObject({ batchSize: 1, streamArn: expect.stringContaining(tableName) });
    expect(batch?.startSequenceNumber).toBe(batch?.endSequenceNumber);
  });

  test("continues at the record that its handler reports", async () => {
    const { follow, put } = await setup();
    for (let value = 1; value <= 4; value += 1) await put("a", value);
    const batches: string[][] = [];
    const mapping = await follow((batch) => {
      batches.push(batch.map(changeText));
      const third = batch[2]?.dynamodb?.SequenceNumber;
      return { batchItemFailures: batch.length === 4 ? [{ itemIdentifier: third }] : [] };
    });
    await mapping.drained();
    expect(batches.map((batch) => batch[0])).toEqual(["a = 1", "a = 3"]);
  });

  test("with a data folder repeats no change after a restart, and gets those that were made while it was stopped", async () => {
    const { follow, put } = await setup();
    const dataDir = await mkdtemp(join(tmpdir(), "algoitny-test-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const seen: string[] = [];
    const restart = () =>
      follow(
        (batch) => void seen.push(...batch.map(changeText)),
        {},
        { dataDir, name: "Restarted" },
      );
    const first = await restart();
    await put("a", 1);
    await first.drained();
    await first.close();
    await put("a", 2);
    const second = await restart();
    await second.drained();
    expect(seen).toEqual(["a = 1", "a = 2"]);
  });

  test("of a table without a stream is refused", async () => {
    const { client, tableName, follow } = await setup();
    const StreamSpecification = { StreamEnabled: false };
    await client.send(new UpdateTableCommand({ TableName: tableName, StreamSpecification }));
    await expect(follow(() => undefined)).rejects.toThrow(`table ${tableName} has no stream`);
  });
});
