import { expect, test } from "vitest";
import { fineScopes } from "../../../packages/cache/src/dynamodb/fine-scopes.ts";
import { documentValue } from "../../../packages/cache/src/dynamodb/key-value.ts";
import { planOf } from "../../../packages/cache/src/dynamodb/read-plan.ts";
import { namesOfRecord } from "../../../packages/cache/src/dynamodb/record-names.ts";

const SCOPES = fineScopes(undefined, "tests");

type Item = Readonly<Record<string, string>>;

const image = (item: Item) =>
  Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }]));

const KEY = { author: "Austen", book: "book" };

/** True if a change of the item invalidates a read. */
function invalidates(
  [before, after]: readonly [Item, Item],
  [operation, input]: readonly ["Query" | "Scan", object],
): boolean {
  const names = namesOfRecord(
    {
      eventName: "MODIFY",
      eventSourceARN: "arn:aws:dynamodb:eu-west-1:1:table/books/stream/1",
      dynamodb: {
        Keys: image(KEY),
        OldImage: image({ ...KEY, ...before }),
        NewImage: image({ ...KEY, ...after }),
      },
    },
    SCOPES,
  );
  const asked = { TableName: "books", ...input };
  const { reads } = planOf(operation, asked, { codec: documentValue, scopes: SCOPES });
  return reads.every(({ scopes }) => scopes[0]?.some(({ tag }) => names.has(tag)));
}

const MOVED = [{ shelf: "old" }, { shelf: "new" }] as const;
const SHELF = { ExpressionAttributeValues: { ":s": "old" } };

test("a projected read depends on the attributes of its filter, whatever it shows", () => {
  const asked = { ...SHELF, FilterExpression: "shelf = :s" };
  const titles = { ...asked, ProjectionExpression: "title" };
  for (const read of [titles, { ...asked, Select: "COUNT" }])
    expect(invalidates(MOVED, ["Scan", read])).toBe(true);
  expect(invalidates([{ sold: "1" }, { sold: "2" }], ["Scan", titles])).toBe(false);
});

test("a count with a legacy QueryFilter depends on whole items", () => {
  const QueryFilter = { shelf: { ComparisonOperator: "EQ", AttributeValueList: ["old"] } };
  expect(invalidates(MOVED, ["Query", { Select: "COUNT", QueryFilter }])).toBe(true);
});

test("an item has one name, in whichever order a condition has the attributes of its key", () => {
  const ExpressionAttributeValues = { ":a": KEY.author, ":b": KEY.book };
  for (const KeyConditionExpression of ["author = :a AND book = :b", "book = :b AND author = :a"]) {
    const read = ["Query", { KeyConditionExpression, ExpressionAttributeValues }] as const;
    expect(invalidates(MOVED, read)).toBe(true);
  }
});

test("a sort key that is as long as a named prefix begins with it", () => {
  const read = {
    KeyConditionExpression: "author = :a AND begins_with(book, :b)",
    ExpressionAttributeValues: { ":a": KEY.author, ":b": "book" },
  };
  expect(invalidates(MOVED, ["Query", read])).toBe(true);
  const others = { ...read, ExpressionAttributeValues: { ":a": KEY.author, ":b": "bool" } };
  expect(invalidates(MOVED, ["Query", others])).toBe(false);
});
