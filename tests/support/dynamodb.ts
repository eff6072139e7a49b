import { randomUUID } from "node:crypto";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { createClient, createDatabase, type Database } from "@algoitny/core/table/database";
import type { Key } from "@algoitny/core/table/keys";
import { TTL_ATTRIBUTE, tableDefinition } from "@algoitny/core/table/definition";
import { startDynamoDb } from "@algoitny/local/dynamodb/start-dynamodb";
import { createTable } from "@algoitny/local/dynamodb/local-table";
import { afterAll } from "vitest";

/** A table of its own, with nothing in it. */
export interface TestTable extends AsyncDisposable {
  db: Database;
  endpoint: string;
  /** Requests to DynamoDB since the table was made. */
  calls(): number;
  /** Keys of items that lists have left out. */
  unreadable: Key[];
}

let engine: ReturnType<typeof startDynamoDb> | undefined;

/** One engine for each test file: what DYNAMODB_ENGINE or DYNAMODB_ENDPOINT say, or the embedded one. */
function startEngine(): ReturnType<typeof startDynamoDb> {
  const name = process.env["DYNAMODB_ENGINE"];
  if (name !== undefined && name !== "embedded" && name !== "local") {
    throw new Error(
      `DYNAMODB_ENGINE=${name} is no engine: write embedded or local, or leave it out`,
    );
  }
  return startDynamoDb({ engine: name, endpoint: process.env["DYNAMODB_ENDPOINT"] });
}

afterAll(async () => {
  await (await engine)?.close();
});

/** Creates the application's table under a new name: `await using table = await testTable()`. */
export async function testTable(): Promise<TestTable> {
  engine ??= startEngine();
  const { endpoint } = await engine;
  const tableName = `test-${randomUUID()}`;
  await createTable(
    endpoint,
    { TableName: tableName, ...tableDefinition },
    { ttlAttribute: TTL_ATTRIBUTE },
  );
  const client = createClient(endpoint);
  let calls = 0;
  const unreadable: Key[] = [];
  return {
    db: createDatabase({
      tableName,
      client,
      onCall: () => calls++,
      onUnreadable: ({ pk, sk }) => unreadable.push({ pk, sk }),
    }),
    endpoint,
    calls: () => calls,
    unreadable,
    [Symbol.asyncDispose]: async () => {
      await client.send(new DeleteTableCommand({ TableName: tableName }));
      client.destroy();
    },
  };
}
