import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeSegment, keyOf, keyOfArguments, keyOfJson, optionalKey } from "@algoitny/cache";

test("keys read as they are declared", () => {
  const search = (text?: string) =>
    keyOf({
      platform: optionalKey("codeforces", "all"),
      search: optionalKey(text, "none"),
      page: 1,
    });
  expect(search()).toBe("platform:codeforces:search:none:page:1");
  expect(search("dp")).toBe("platform:codeforces:search:dp:page:1");
});

test("a value that reads like the absent word is not the absent one", () => {
  expect(keyOf({ search: optionalKey("none", "none") })).toBe("search:%6Eone");
  expect(keyOf({ search: optionalKey(undefined, "none") })).toBe("search:none");
  expect(keyOf({ search: optionalKey("", "none") })).toBe("search:");
});

test("values cannot break out of their segment or act as a glob", () => {
  expect(encodeSegment("a:b*c?[d]%e f")).toBe("a%3Ab%2Ac%3F%5Bd%5D%25e%20f");
});

test("two different strings never share a segment, lone surrogates included", () => {
  const anyString = fc.string({
    unit: fc.integer({ min: 0, max: 0xff_ff }).map((code) => String.fromCharCode(code)),
  });
  fc.assert(
    fc.property(anyString, anyString, (left, right) => {
      expect(encodeSegment(left) === encodeSegment(right)).toBe(left === right);
      expect(encodeSegment(left)).toMatch(/^[\w%.~-]*$/);
    }),
  );
});

test("parameters never run into each other", () => {
  const parameters = fc.record({ a: fc.option(fc.string(), { nil: undefined }), b: fc.string() });
  const key = ({ a, b }: { a: string | undefined; b: string }) =>
    keyOf({ a: optionalKey(a, "none"), b });
  fc.assert(
    fc.property(parameters, parameters, (left, right) => {
      expect(key(left) === key(right)).toBe(left.a === right.a && left.b === right.b);
    }),
    { numRuns: 1_000 },
  );
});

test("no value makes a short key that is a long one's, or another's", () => {
  const long = keyOf({ q: "x".repeat(500) });
  expect(long).toMatch(/^q:x{154}#[\w-]{43}$/);
  expect(keyOf({ q: long.slice(2) })).not.toBe(long);
  expect(keyOf({ q: "x".repeat(501) })).not.toBe(long);
});

test("a key of JSON refuses what would be the same as something else", () => {
  for (const value of [new Date(0), new Map([[1, 2]]), { a: Number.NaN }, { a: { b: undefined } }])
    expect(() => keyOfJson(value)).toThrow(/^value_unsupported: value/);
  expect(keyOfJson({ a: undefined, b: 1 })).toBe(keyOfJson({ b: 1 }));
});

test("a key of JSON tells types apart and forgets the order of properties", () => {
  expect(keyOfJson({ b: 1, a: "x" })).toBe("a:x:b:1");
  expect(keyOfJson({ a: "x", b: 1 })).toBe("a:x:b:1");
  expect(keyOfJson({ a: "1" })).not.toBe(keyOfJson({ a: 1 }));
  expect(keyOfJson({ a: "true" })).not.toBe(keyOfJson({ a: true }));
  expect(keyOfJson({ a: { c: 1, b: 2 } })).toBe(keyOfJson({ a: { b: 2, c: 1 } }));
});

test("arguments keep their places and types", () => {
  expect(keyOfArguments([7, "x"])).toBe("7:x");
  expect(keyOfArguments([undefined, null])).toBe("undefined:null");
  expect(keyOfArguments(["undefined"])).not.toBe(keyOfArguments([undefined]));
  expect(keyOfArguments(["a:b"])).not.toBe(keyOfArguments(["a", "b"]));
});

test("a long key keeps a readable start and stays unique", () => {
  const long = (end: string) => keyOf({ search: "x".repeat(500) + end });
  expect(long("a")).toHaveLength(200);
  expect(long("a")).toMatch(/^search:xxx/);
  expect(long("a")).not.toBe(long("b"));
});

test("halves of surrogate pairs, which are no characters, differ from each other", () => {
  const keys = ["\ud800", "\udfff", "\ufffd"].map((text) => keyOf({ text }));
  expect(new Set(keys).size).toBe(3);
});
