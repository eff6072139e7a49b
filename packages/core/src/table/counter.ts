import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { expressions } from "./action.ts";
import type { Database } from "./database.ts";
import { type CounterName, keys } from "./keys.ts";
import { entityAt } from "./places.ts";
import { getItem } from "./read-items.ts";

const Counter = z.object({ last: z.int() });

/** Takes the next `count` ids of a kind and returns the first. A retry may leave a gap, never a double. */
export async function takeIds(db: Database, name: CounterName, count = 1): Promise<number> {
  const key = keys.counter(name);
  const { Attributes } = await db.send(
    new UpdateCommand({
      TableName: db.tableName,
      Key: key,
      ...expressions({ set: { entity: entityAt(key) }, add: { last: count } }, {}),
      ReturnValues: "ALL_NEW",
    }),
  );
  return Counter.parse(Attributes).last - count + 1;
}

/** The highest id taken so far; 0 before the first. */
export async function lastId(db: Database, name: CounterName): Promise<number> {
  const counter = await getItem(db, keys.counter(name), Counter);
  return counter?.last ?? 0;
}
