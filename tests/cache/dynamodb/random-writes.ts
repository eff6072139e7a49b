import {
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { type Draw, pick, randomKey, SHELVES, type TableKind, YEARS } from "./random-reads.ts";

function attributes(draw: Draw, { sorts }: TableKind): Record<string, unknown> {
  const all: Record<string, unknown> = {
    shelf: pick(draw, SHELVES),
    year: pick(draw, YEARS),
    title: pick(draw, ["a", "b", "c"]),
    count: draw(5),
    meta: { "a.b": draw(3), kind: pick(draw, ["a", "x"]) },
    tags: ["t0", "t1"].slice(0, 1 + draw(2)),
    next: pick(draw, sorts),
  };
  return Object.fromEntries(Object.entries(all).filter(() => draw(4) > 0));
}

function update(draw: Draw, table: TableKind, TableName: string) {
  const [UpdateExpression, ExpressionAttributeNames, ExpressionAttributeValues] = pick(draw, [
    ["SET title = :t", undefined, { ":t": pick(draw, ["a", "b", "c"]) }],
    ["ADD #c :one", { "#c": "count" }, { ":one": 1 }],
    [
      "SET shelf = :s, #y = :y",
      { "#y": "year" },
      { ":s": pick(draw, SHELVES), ":y": pick(draw, YEARS) },
    ],
    ["REMOVE shelf, title", undefined, undefined],
    ["SET meta = :m REMOVE tags", undefined, { ":m": { "a.b": draw(9) } }],
    ["SET #n = if_not_exists(#n, :zero) + :one", { "#n": "count" }, { ":zero": 0, ":one": 1 }],
    ["SET meta.kind = :k", undefined, { ":k": pick(draw, ["a", "x"]) }],
    ["SET #m.#a = :v REMOVE tags[0]", { "#m": "meta", "#a": "a.b" }, { ":v": draw(9) }],
    ["ADD kinds :k", undefined, { ":k": new Set(["x", "y"]) }],
    ["DELETE kinds :k", undefined, { ":k": new Set(["x"]) }],
    // The request does not contain the computed value.
    ["SET title = next, next = title", undefined, undefined],
    ["SET #y = #y + :n", { "#y": "year" }, { ":n": 19 }],
    ["set next = :n remove #y", { "#y": "year" }, { ":n": pick(draw, table.sorts) }],
  ] as const);
  return {
    TableName,
    Key: randomKey(draw, table),
    UpdateExpression,
    ...(ExpressionAttributeNames && { ExpressionAttributeNames }),
    ...(ExpressionAttributeValues && { ExpressionAttributeValues }),
    ...(draw(3) === 0 && { ConditionExpression: "attribute_exists(pk)" }),
  };
}

/** An update with AttributeUpdates, the legacy parameter. */
const olderUpdate = (draw: Draw, table: TableKind, TableName: string) => ({
  TableName,
  Key: randomKey(draw, table),
  AttributeUpdates: pick(draw, [
    { title: { Action: "PUT", Value: pick(draw, ["a", "b", "c"]) } },
    { count: { Action: "ADD", Value: 1 }, shelf: { Action: "DELETE" } },
    { shelf: { Value: pick(draw, SHELVES) }, year: { Value: pick(draw, YEARS) } },
  ] as const),
});

/** Makes a random write; one that DynamoDB refuses changes nothing, and is no error. */
export async function randomWrite(
  draw: Draw,
  client: DynamoDBDocumentClient,
  { name: TableName, kind: table }: { name: string; kind: TableKind },
): Promise<void> {
  const key = () => randomKey(draw, table);
  const put = () => ({ TableName, Item: { ...key(), ...attributes(draw, table) } });
  const several = () => {
    const count = 1 + draw(4);
    const keys = new Map(
      Array.from({ length: count }, () => key()).map((each) => [JSON.stringify(each), each]),
    );
    return [...keys.values()];
  };
  const kind = draw(10);
  const returned = pick(draw, [undefined, "ALL_OLD", "ALL_NEW", "UPDATED_NEW"] as const);
  const write = () => {
    if (kind <= 1)
      return client.send(
        new PutCommand({ ...put(), ReturnValues: draw(2) ? "ALL_OLD" : undefined }),
      );
    if (kind <= 4)
      return client.send(
        new UpdateCommand({ ...update(draw, table, TableName), ReturnValues: returned }),
      );
    if (kind === 9)
      return client.send(
        new UpdateCommand({ ...olderUpdate(draw, table, TableName), ReturnValues: returned }),
      );
    if (kind <= 6) return client.send(new DeleteCommand({ TableName, Key: key() }));
    if (kind === 7) {
      const requests = several().map((each) =>
        draw(2)
          ? { DeleteRequest: { Key: each } }
          : { PutRequest: { Item: { ...each, ...attributes(draw, table) } } },
      );
      return client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
    }
    const TransactItems = several().map((Key) => {
      const which = draw(3);
      if (which === 0) return { Delete: { TableName, Key } };
      if (which === 1) return { Put: { TableName, Item: { ...Key, ...attributes(draw, table) } } };
      return { Update: { ...update(draw, table, TableName), Key } };
    });
    return client.send(new TransactWriteCommand({ TransactItems }));
  };
  try {
    await write();
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (!/ConditionalCheckFailed|TransactionCanceled|ValidationException/.test(name)) throw error;
  }
}
