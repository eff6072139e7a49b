import { defineResource } from "@algoitny/cache";
import { recorder, type RecorderOptions, streamHandler } from "@algoitny/cache/dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { fleet } from "../../support/test-cache.ts";
import { openTable, type Shape } from "./open-table.ts";
import { itemsOf, recordsBetween } from "./stream-records.ts";

type Load<Params> = (client: DynamoDBDocumentClient, params: Params) => Promise<unknown>;

/** A table over the engine with recorded views; its stream is delivered when a test asks for it. */
export async function recordedTable(shape: Shape, options: RecorderOptions = {}) {
  const table = await openTable(shape);
  const { client, plain, name } = table;
  const { cache, clock, instance } = fleet();
  const dynamodb = recorder(client, options);
  let seen = await itemsOf(plain, name, shape.key);
  /** Stream records of the changes since the last call. */
  const records = async () => {
    const before = seen;
    seen = await itemsOf(plain, name, shape.key);
    return recordsBetween(name, shape.key, [before, seen]);
  };
  return {
    ...table,
    cache,
    clock,
    instance,
    dynamodb,
    db: dynamodb.writing(cache),
    records,
    /** Delivers all records to the stream handler. */
    drain: async () => streamHandler(cache)({ Records: await records() }),
    /** A view by name and parameters; its value is JSON. */
    view: <Params extends string | number>(load: Load<Params>, own = "view") =>
      defineResource({
        name: own,
        key: (params: Params) => [params],
        tags: "reads",
        ttl: "1 day",
        load: async (params, _: void, { reads }) =>
          JSON.stringify((await load(dynamodb.for(reads), params)) ?? null),
      }),
  };
}
