import fc from "fast-check";
import { expect, test } from "vitest";
import { bookServer } from "./book-server.ts";

test.each([
  [
    "blanks, commas and comments",
    "{book(id:1){id,title}}",
    "{ book( id : 1 ) { id # a\n title } }",
  ],
  ["the operation's name", "query A { book(id: 1) { id } }", "query B { book(id: 1) { id } }"],
  [
    "the order of fragments",
    "{ book(id: 1) { ...A ...B } } fragment A on Book { id } fragment B on Book { title }",
    "fragment B on Book { title } fragment A on Book { id } { book(id: 1) { ...A ...B } }",
  ],
])("%s: two spellings are one entry", async (_, left, right) => {
  const { ask } = bookServer();
  const first = await ask(left);
  const second = await ask(right);
  expect([second.came, second.data]).toEqual(["hit", first.data]);
});

test("an operation beside others has the key that it has alone, without fragments that it does not use", async () => {
  const { ask } = bookServer();
  await ask("query A { book(id: 1) { ...P } } fragment P on Book { id }");
  const query =
    "query B { books { ...Q } } query A { book(id: 1) { ...P } } fragment Q on Book { title } fragment P on Book { id }";
  expect((await ask({ query, operationName: "A" })).came).toBe("hit");
  expect((await ask({ query, operationName: "B" })).came).toBe("miss");
  expect((await ask({ query })).came).toBe("operation");
  expect((await ask({ query, operationName: "__proto__" })).came).toBe("operation");
});

test("fields keep their order, which is that of the response", async () => {
  const { ask } = bookServer();
  await ask("{ book(id: 1) { id title } }");
  const other = await ask("{ book(id: 1) { title id } }");
  expect([other.came, Object.keys((other.data as { book: object }).book)]).toEqual([
    "miss",
    ["title", "id"],
  ]);
});

const LISTED = `query ($shelf: String = "all", $where: Filter, $id: ID! = 1) { books(shelf: $shelf, where: $where) { id } book(id: $id) { id } }`;

test("variables: defaults are filled in, undeclared ones dropped, properties sorted", async () => {
  const { ask } = bookServer();
  await ask({ query: LISTED, variables: { where: { id: "1", ids: ["2"] } } });
  const same = { other: 1, id: 1, where: { ids: ["2"], id: "1" }, shelf: "all" };
  expect((await ask({ query: LISTED, variables: same })).came).toBe("hit");
});

test("variables: nothing, null, an empty object, a number and a text have different keys", async () => {
  const { ask } = bookServer();
  const came = [];
  for (const variables of [{}, { where: null }, { id: "1" }, { shelf: null }, { where: {} }])
    came.push((await ask({ query: LISTED, variables })).came);
  expect(came).toEqual(["miss", "miss", "miss", "miss", "miss"]);
  expect(
    (
      await ask({
        query: LISTED,
        variables: JSON.parse('{ "id": 1.0 }') as object as Record<string, unknown>,
      })
    ).came,
  ).toBe("hit");
});

test.each([
  ["a text", (size: number) => ({ id: "x".repeat(size) })],
  ["many values", (size: number) => ({ ids: Array.from({ length: size }, () => 1) })],
  [
    "many names",
    (size: number) =>
      Object.fromEntries(Array.from({ length: size / 4 }, (_, index) => [`n${index}`, 1])),
  ],
])("variables that are too large for a key are answered, not stored: %s", async (_, make) => {
  const { ask } = bookServer();
  const came = async (size: number) =>
    (await ask({ query: LISTED, variables: { where: make(size) } })).came;
  expect(await came(70_000)).toBe("variables");
  expect(await came(100)).not.toBe("variables");
});

test("an error quotes only the beginning of a long value", async () => {
  const { ask } = bookServer();
  const { errors = [] } = await ask({ query: LISTED, variables: { shelf: ["x".repeat(9_000)] } });
  expect(errors.map(({ message }) => message.length)).toEqual([1_001]);
  const named = await ask({ query: "query A { plain }", operationName: "x".repeat(9_000) });
  expect(named.errors?.[0]?.message.length).toBe(1_001);
});

/** A random spelling of a document: operation name, blanks, commas, comments, order of variables and of definitions. */
const spelt = () => {
  const blank = fc.constantFrom(" ", "\n", "  ", " # note\n", ", ");
  const name = fc.constantFrom("", "A", "Longer_1");
  return fc
    .tuple(fc.array(blank, { minLength: 8, maxLength: 8 }), name, fc.boolean(), fc.boolean())
    .map(([blanks, operation, isFirst, isSwapped]) => {
      const [a, b, c = "", d = "", e, f, g, h] = blanks;
      const variables = isSwapped
        ? `($s: String = "all"${a}$w: Filter)`
        : `($w: Filter${a}$s: String = "all")`;
      const main = `query${b}${operation}${c}${variables}${d}{${e}books(shelf: $s${f}where: $w)${g}{${h}...P${a}}${b}}`;
      const part = `fragment${c.replace(",", "")}P on Book${d.replace(",", "")}{ id${e}title }`;
      return isFirst ? `${part}\n${main}` : `${main}\n${part}`;
    });
};

const filter: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.record(
      {
        id: fc.oneof(fc.nat(3), fc.constantFrom("0", "1", "12345678901234567890", "")),
        not: tie("filter"),
        ids: fc.array(fc.constantFrom("1", "2", "1,2", '"'), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
  ),
})).filter;

/** The same JSON with its properties in another order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, inner]) => [name, turned(inner)]),
  );
}

test("any spelling of a document with equal variables is one entry, and unequal variables are never one", async () => {
  await fc.assert(
    fc.asyncProperty(spelt(), spelt(), filter, filter, async (left, right, one, two) => {
      const { ask } = bookServer();
      expect((await ask({ query: left, variables: { w: one } })).errors).toBeUndefined();
      expect((await ask({ query: right, variables: { w: turned(one), s: "all" } })).came).toBe(
        "hit",
      );
      const isEqual = JSON.stringify(sorted(one)) === JSON.stringify(sorted(two));
      expect((await ask({ query: right, variables: { w: two } })).came).toBe(
        isEqual ? "hit" : "miss",
      );
    }),
    { numRuns: 50 },
  );
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
