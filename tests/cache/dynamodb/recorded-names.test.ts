import type { StreamRecord } from "@algoitny/cache/dynamodb";
import { anyOfKind, fineScopes } from "../../../packages/cache/src/dynamodb/fine-scopes.ts";
import { namesOfRecord as namesWith } from "../../../packages/cache/src/dynamodb/record-names.ts";
import {
  attributesIn,
  keyConditionOf,
  UnknownGrammar,
} from "../../../packages/cache/src/dynamodb/read-expression.ts";
import {
  documentValue,
  numberText,
  plainValue,
} from "../../../packages/cache/src/dynamodb/key-value.ts";
import {
  commonPrefix,
  equalityPlace,
  itemPlace,
  prefixPlace,
  tablePlace,
  tableTag,
  tagOf,
} from "../../../packages/cache/src/dynamodb/place.ts";
import { planOf } from "../../../packages/cache/src/dynamodb/read-plan.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const RUNS = { numRuns: 5_000 };

const READING = { codec: documentValue, scopes: fineScopes(undefined, "tests") };
const namesOfRecord = (each: StreamRecord) => namesWith(each, READING.scopes);

describe("numbers", () => {
  test("that are equal have one text, in any spelling", () => {
    const digits = fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n });
    fc.assert(
      fc.property(digits, fc.integer({ min: -80, max: 80 }), fc.nat(6), (number, power, zeros) => {
        const plain = `${number}e${power}`;
        const sign = number < 0n ? "-" : "";
        const spelled = `${sign}000${String(number).replace("-", "")}${"0".repeat(zeros)}E${power - zeros}`;
        const moved = `${sign}0.${String(number).replace("-", "")}e+${power + String(number).replace("-", "").length}`;
        expect(numberText(spelled)).toBe(numberText(plain));
        expect(numberText(moved.replace("e+-", "e-"))).toBe(numberText(plain));
      }),
      RUNS,
    );
  });

  test("that differ have different texts", () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(double, double, (one, other) => {
        const isSame = numberText(`${one}`) === numberText(`${other}`);
        expect(isSame).toBe(one === other);
      }),
      RUNS,
    );
  });

  test("of the document client and of the plain client have the same name, and a text is not a number", () => {
    const N = ["N", "7e0"];
    expect(documentValue(7)).toEqual(N);
    expect(documentValue(7n)).toEqual(N);
    expect(documentValue({ value: "7.0" })).toEqual(N);
    expect(plainValue({ N: "7.00" })).toEqual(N);
    expect(documentValue("7")).toEqual(["S", "7"]);
    expect(documentValue(new Uint8Array([1]))).toEqual(plainValue({ B: "AQ==" }));
    expect([documentValue(true), documentValue({ S: "a" }), plainValue({ BOOL: true })]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("expressions", () => {
  const attribute = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/);
  const path = fc.array(fc.oneof(attribute, fc.nat(9)), { maxLength: 3 });

  test("name the attributes of their paths, through aliases too, whatever names these stand for", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(attribute, path, fc.boolean()), { minLength: 1, maxLength: 6 }),
        (paths) => {
          const names: Record<string, string> = {};
          const texts = paths.map(([first, rest, isAliased], index) => {
            if (isAliased) names[`#a${index}`] = `${first}.odd name`;
            const head = isAliased ? `#a${index}` : first;
            return (
              head +
              rest.map((each) => (typeof each === "number" ? `[${each}]` : `.${each}`)).join("")
            );
          });
          const wanted = paths.map(([first, , isAliased]) =>
            isAliased ? `${first}.odd name` : first,
          );
          const keywords = new Set(["and", "or", "not", "between", "in"]);
          expect(new Set(attributesIn(texts.join(" , "), names))).toEqual(
            new Set(wanted.filter((each) => !keywords.has(each))),
          );
        },
      ),
      RUNS,
    );
  });

  test.for([
    ["pk = :p", [["pk", ":p"]], null],
    [
      "(#p = :p) AND (sk BETWEEN :a AND :b)",
      [["key", ":p"]],
      { attribute: "sk", ends: [":a", ":b"] },
    ],
    [":p=pk and begins_with ( sk , :a )", [["pk", ":p"]], { attribute: "sk", ends: [":a", ":a"] }],
    ["sk >= :a AND pk = :p", [["pk", ":p"]], { attribute: "sk", ends: undefined }],
    [
      "a = :a AND b = :b AND c < :c",
      [
        ["a", ":a"],
        ["b", ":b"],
      ],
      { attribute: "c", ends: undefined },
    ],
  ] as const)("%s is parsed as a key condition", ([text, equalities, range]) => {
    expect(keyConditionOf(text, { "#p": "key" })).toEqual({ equalities, range });
  });

  test.for([
    "pk <> :p",
    "sk > :a",
    "pk = :p OR sk = :s",
    "size(pk) = :p",
    "pk = :p §",
    "#x = :p",
    "",
  ])("%s is refused as an unknown key condition", (text) => {
    expect(() => keyConditionOf(text, undefined)).toThrow(UnknownGrammar);
  });

  test("an unknown condition is recorded as a read of the whole table, an unknown projection as one of whole items", () => {
    const read = (input: object) =>
      planOf("Query", { TableName: "books", ...input }, READING).reads[0];
    const unknown = read({ KeyConditionExpression: "pk ~ :p", ProjectionExpression: "title; x" });
    expect(unknown?.scopes.map((each) => each[0]?.words)).toEqual(["books: any item"]);
    const legacy = read({ KeyConditions: { pk: {} }, ProjectionExpression: "title" });
    expect(legacy?.scopes[0]?.map(({ words }) => words)).toContain("books: any item @title");
  });
});

const wordsOf = (input: object) =>
  planOf("Query", { TableName: "books", ...input }, READING).reads[0]?.scopes[0]?.map(
    ({ words }) => words,
  );

const BY_YEAR = {
  IndexName: "byYear",
  KeyConditionExpression: "author = :a AND #y = :y",
  ExpressionAttributeNames: { "#y": "year" },
  ExpressionAttributeValues: { ":a": "Austen", ":y": 1815 },
};

const ANY_INDEX = 'books: a write whose client or function has no scope "index"';

test("a query of an index depends on whole items: the index's sort key orders them, although no expression names it", () => {
  const words = wordsOf({ ...BY_YEAR, ProjectionExpression: "title" });
  expect(words).toEqual(["books: year = …", ANY_INDEX, "books: everything"]);
});

test("a strongly consistent query of a local index also depends on the table's partition: the request of a write may name only that", () => {
  const words = wordsOf({ ...BY_YEAR, ConsistentRead: true });
  expect(words).toEqual(["books: author = …", "books: year = …", ANY_INDEX, "books: everything"]);
});

test("a query of an index by several attributes depends on items with the last of them, which every matching image has", () => {
  const attribute = fc.constantFrom("a", "b", "c", "d");
  const value = fc.constantFrom("1", "2");
  fc.assert(
    fc.property(
      fc.uniqueArray(attribute, { minLength: 1, maxLength: 4 }),
      fc.dictionary(attribute, value),
      fc.dictionary(attribute, value),
      (asked, before, after) => {
        const read = planOf(
          "Query",
          {
            TableName: "books",
            IndexName: "byAll",
            KeyConditionExpression: asked.map((name) => `${name} = :v`).join(" AND "),
            ExpressionAttributeValues: { ":v": "1" },
          },
          READING,
        ).reads[0];
        const matches = (item: Record<string, string>) => asked.every((name) => item[name] === "1");
        const image = (item: Record<string, string>) =>
          Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }]));
        const names = namesOfRecord(record({ OldImage: image(before), NewImage: image(after) }));
        const isNamed = read?.scopes[0]?.some(({ tag }) => names.has(tag)) ?? false;
        expect(isNamed || !(matches(before) || matches(after))).toBe(true);
      },
    ),
    RUNS,
  );
});

/**
 * Names on which readers and streams of every release with this scheme must agree, because a deployment replaces them one
 * after the other.
 */
test("names are the same in every release with the same number of their scheme", () => {
  const key = [["isbn", ["S", "7"]]] as const;
  const item = itemPlace("books", key);
  const prefix = prefixPlace("books", key[0], ["by", Buffer.from("Ann#")]);
  expect([
    tagOf(item),
    tagOf(item, "title"),
    tagOf(item, "#"),
    tagOf(equalityPlace("books", "sold", ["N", "1e0"])),
    tagOf(prefix),
    tagOf(tablePlace("books")),
    tableTag("books"),
    anyOfKind("books", "index").tag,
  ]).toEqual([
    "d:cvpCB2tC2nV1aIL7",
    "d:Pa6_OSLAh9IjqNWB",
    "d:gVQDgmtl9t2RK8CZ",
    "d:18L6pAddC6FGkqFH",
    "d:O0JgLdcmn5MwNPqF",
    "d:XD557Dh-LAvF_Sq6",
    "d:B7MuP0tLnapeHy7D",
    "d:5YVqGSw7FLP_94tF",
  ]);
});

test("prefixes are cut by bytes, as DynamoDB sorts them", () => {
  const prefix = (low: string, high: string) => commonPrefix(["S", low], ["S", high])?.length;
  expect(prefix("é\u{1F600}a", "é\u{1F600}b")).toBe(4);
  expect(prefix("book#2026#a", "book#2026#b")).toBe(8);
  expect(prefix("boo", "boo")).toBeUndefined();
  expect(commonPrefix(["N", "7e0"], ["N", "7e0"])).toBeNull();
});

const record = (
  changes: Partial<StreamRecord["dynamodb"]>,
  eventName = "MODIFY",
): StreamRecord => ({
  eventName,
  eventSourceARN: "arn:aws:dynamodb:eu-west-1:1:table/books/stream/2026-01-01T00:00:00.000",
  dynamodb: { Keys: { isbn: { S: "7" } }, ...changes },
});

describe("a record of the stream", () => {
  const old = { isbn: { S: "7" }, title: { S: "Emma" }, shelf: { S: "a" }, sold: { N: "1" } };
  const item = itemPlace("books", [["isbn", ["S", "7"]]]);
  const shelf = (name: string) => tagOf(equalityPlace("books", "shelf", ["S", name]));

  test("names only the changed attributes, and index partitions of both images", () => {
    const names = namesOfRecord(record({ OldImage: old, NewImage: { ...old, shelf: { S: "b" } } }));
    for (const name of [tagOf(item), tagOf(item, "shelf"), shelf("a"), shelf("b")])
      expect(names).toContain(name);
    for (const name of [tagOf(item, "title"), tagOf(item, "#"), tableTag("books")])
      expect(names).not.toContain(name);
  });

  test("of an item that was created or deleted has the name of every projected read of it", () => {
    expect(namesOfRecord(record({ NewImage: old }, "INSERT"))).toContain(tagOf(item, "#"));
    expect(namesOfRecord(record({ OldImage: old }, "REMOVE"))).toContain(tagOf(item, "#"));
  });

  test.for([
    ["of keys alone", record({})],
    ["without the old image", record({ NewImage: old })],
    [
      "without a key that can be read",
      record({ Keys: { isbn: { X: 1 } }, OldImage: old, NewImage: old }),
    ],
    [
      "with more changed attributes than a record may have names",
      record({
        OldImage: old,
        NewImage: Object.fromEntries(
          Array.from({ length: 600 }, (_, at) => [`a${at}`, { BOOL: true }]),
        ),
      }),
    ],
  ] as const)("%s invalidates everything that was read from its table", ([, each]) => {
    expect([...namesOfRecord(each)]).toEqual([tableTag("books")]);
  });

  test("without a table is refused", () => {
    expect(() => namesOfRecord({ eventName: "INSERT" })).toThrow("a record names no table");
  });

  test("has names that contain no value in readable form", () => {
    const names = [
      ...namesOfRecord(
        record({ OldImage: old, NewImage: { ...old, title: { S: "ann@example.com" } } }),
      ),
    ];
    expect(names.every((name) => /^d:[\w-]{16}$/.test(name))).toBe(true);
  });
});
