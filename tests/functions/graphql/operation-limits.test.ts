import { LIMITS, refuse } from "@algoitny/functions/graphql/operation-limits";
import { getOperationAST, parse } from "graphql";
import { describe, expect, test } from "vitest";

function limitOf(text: string, variables: Record<string, unknown> = {}) {
  const document = parse(text);
  const node = getOperationAST(document);
  if (!node) throw new Error("no operation");
  const [error] = refuse({ document, node, variables });
  return error && (error.extensions["limit"] ?? error.extensions["code"]);
}

const nested = (levels: number): string => (levels === 0 ? "id" : `a { ${nested(levels - 1)} }`);
const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(" ");

describe("an operation is refused over its", () => {
  test.each<[string, (over: number) => string]>([
    ["depth", (over) => `{ ${nested(LIMITS.depth - 1 + over)} }`],
    ["aliases", (over) => `{ v { ${times(LIMITS.aliases + over, (index) => `a${index}: id`)} } }`],
    ["root fields", (over) => `{ ${times(LIMITS["root fields"] + over, () => "id")} }`],
    ["breadth", (over) => `{ v { ${times(LIMITS.breadth - 1 + over, () => "id")} } }`],
    ["cost", (over) => `{ v { ${times(LIMITS.cost / 5 + over - 1, () => "testCases")} } }`],
  ])("%s, and not at the limit itself", (limit, text) => {
    expect([limitOf(text(0)), limitOf(text(1))]).toEqual([undefined, limit]);
  });

  test("cost, counted by the requested rows, which the document, a variable or its default gives", () => {
    const rows = (first: string) =>
      `query ($n: Int = 100) { problems(first: ${first}) { edges { node { ${times(10, () => "testCases { id }")} } } } }`;
    expect(limitOf(rows("10"))).toBeUndefined();
    expect(limitOf(rows("100"))).toBe("cost");
    expect(limitOf(rows("$n"))).toBe("cost");
    expect(limitOf(rows("$n"), { n: 10 })).toBeUndefined();
  });

  test("breadth, counting the fields of a fragment at each of its places", () => {
    const fragments = times(
      20,
      (index) => `fragment F${index} on T { ...F${index + 1} ...F${index + 1} }`,
    );
    expect(limitOf(`{ v { ...F0 } } ${fragments} fragment F20 on T { id }`)).toBe("breadth");
  });
});

test("variables are refused over their number of values at any depth, undeclared ones not counted", () => {
  const text = "query ($by: JSON) { problem(by: $by) { id } }";
  const keys = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));
  const deep = JSON.parse("[".repeat(50_000) + "]".repeat(50_000)) as unknown;
  expect(limitOf(text, { by: keys(19_000) })).toBeUndefined();
  expect(limitOf(text, { by: keys(20_000) })).toBe("variables");
  expect(limitOf(text, { by: deep })).toBe("variables");
  expect(limitOf(text, { other: keys(20_000) })).toBeUndefined();
});

test.each([
  ["first: 0", "BAD_USER_INPUT"],
  ["first: 101", "BAD_USER_INPUT"],
  ["first: 100", undefined],
  [`after: "nonsense"`, "BAD_USER_INPUT"],
  [`after: "${Buffer.from("1:2").toString("base64url")}"`, undefined],
])("a connection with %s: %s", (given, code) => {
  expect(limitOf(`{ problems(${given}) { totalCount } }`)).toBe(code);
});
