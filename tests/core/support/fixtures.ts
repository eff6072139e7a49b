import { Loaded, type Resource } from "@algoitny/cache";
import { HistoryInput } from "@algoitny/core/history/history-input";
import { ProblemInput } from "@algoitny/core/problem/problem-input";
import type { Source } from "@algoitny/core/source";
import { createIdBlocks } from "@algoitny/core/table/id-blocks";
import type { Key } from "@algoitny/core/table/keys";
import { createTables, type Tables, type TablesOptions } from "@algoitny/core/tables";
import type { Actor } from "@algoitny/core/user/user";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { z } from "zod";
import { changeItemCommand } from "../../support/change-item.ts";
import { type TestTable, testTable } from "../../support/dynamodb.ts";

interface App extends AsyncDisposable {
  table: TestTable;
  tables: Tables;
  /** Writes an item directly to DynamoDB, as an edit by hand or another program does. */
  replaceItem(key: Key, attributes: Record<string, unknown>): Promise<void>;
  /** Changes attributes of an item in the same way, and keeps the others. */
  changeItem(key: Key, attributes: Record<string, unknown>): Promise<void>;
}

/**
 * The application's tables over a separate, empty DynamoDB table. The clock of the ids stands still: a block of ids never
 * expires, so that ids have no gaps even on a slow machine.
 */
export async function setup(options?: TablesOptions): Promise<App> {
  const table = await testTable();
  const { db } = table;
  return {
    table,
    tables: createTables(db, { ids: createIdBlocks({ now: () => 0 }), ...options }),
    replaceItem: async (key, attributes) => {
      await db.send(new PutCommand({ TableName: db.tableName, Item: { ...key, ...attributes } }));
    },
    changeItem: async (key, attributes) => {
      await db.send(changeItemCommand(db.tableName, key, attributes));
    },
    [Symbol.asyncDispose]: () => table[Symbol.asyncDispose](),
  };
}

/** Loads a view's value, without the headers that are stored with it. */
export async function shownBy<Params, Value>(
  view: Resource<Params, Value, Source>,
  params: Params,
  source: Source,
): Promise<Value | undefined> {
  const loaded = await view.load(params, source, { signal: new AbortController().signal });
  return loaded instanceof Loaded ? loaded.value : loaded;
}

export const aProblem = (fields: Partial<z.input<typeof ProblemInput>> = {}): ProblemInput =>
  ProblemInput.parse({
    platform: "codeforces",
    problem_id: "4A",
    title: "Watermelon",
    is_completed: true,
    ...fields,
  });

export const anExecution = (
  fields: Partial<z.input<typeof HistoryInput>> & { problem_id: number },
): HistoryInput =>
  HistoryInput.parse({
    language: "python",
    code: "print(1)",
    passed_count: 1,
    failed_count: 0,
    total_count: 1,
    ...fields,
  });

export const actor = (sub: string, fields: Partial<Actor> = {}): Actor => ({
  sub,
  email: `${sub}@example.com`,
  identifier: sub,
  admin: false,
  ...fields,
});
