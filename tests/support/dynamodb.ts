import { randomUUID } from "node:crypto";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { createClient, createDatabase, type Database } from "@algoitny/core/table/database";
import type { Key } from "@algoitny/core/table/keys";
import { TTL_ATTRIBUTE, tableDefinition } from "@algoitny/core/table/definition";
import { createTable } from "@algoitny/local/dynamodb/local-table";
import { sharedEndpoint } from "./shared-engine.ts";

/** A private, empty table. */
export interface TestTable extends AsyncDisposable {
  db: Database;
  endpoint: string;
  /** Requests to DynamoDB since the table was made. */
  calls(): number;
  /** Keys of the items that were reported as unreadable. */
  unreadable: Key[];
}

/** Creates the application's table under a new name: `await using table = await testTable()`. */
export async function testTable(): Promise<TestTable> {
  const endpoint = await sharedEndpoint();
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
