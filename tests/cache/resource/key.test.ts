import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Cache,
  defineResource,
  keyOf,
  type KeyValue,
  MemoryStore,
  optionalKey,
} from "@algoitny/cache";
import { encodeSegment } from "../../../packages/cache/src/key.ts";

test("keyOf keeps the order of a list, and sorts an object by its property names", () => {
  const search = (text?: string) =>
    keyOf(["platform", optionalKey("codeforces", "all"), "search", optionalKey(text, "none")]);
  expect(search()).toBe("platform:codeforces:search:none");
  expect(search("dp")).toBe("platform:codeforces:search:dp");
  expect(keyOf({ search: "dp", page: 1 })).toBe("page:1:search:dp");
  expect(keyOf({ page: 1, search: "dp" })).toBe("page:1:search:dp");
});

test("a value that equals the word for an absent one has another key", () => {
  expect(keyOf({ search: optionalKey("none", "none") })).toBe("search:%6Eone");
  expect(keyOf({ search: optionalKey(undefined, "none") })).toBe("search:none");
  expect(keyOf({ search: optionalKey("", "none") })).toBe("search:");
});

test("nested parts stand in brackets, so that they differ from flat ones", () => {
  expect(keyOf({ ids: [1, 2] })).toBe("ids:(1,2)");
  expect(keyOf({ ids: [3] })).toBe("ids:(3)");
  expect(keyOf({ filter: { b: 1, a: "x" }, page: 1 })).toBe("filter:(a:x,b:1):page:1");
  expect(keyOf([[1, 2], 3])).toBe("(1,2):3");
  expect([keyOf([]), keyOf([[]]), keyOf({}), keyOf(""), keyOf([1])]).toEqual([
    "(;)",
    "((;))",
    "(=)",
    "",
    "(1)",
  ]);
});

test("null and undefined differ from all texts; undefined properties are left out", () => {
  expect([keyOf({ a: null }), keyOf({ a: undefined, b: 1 }), keyOf([1, undefined])]).toEqual([
    "a:~",
    "b:1",
    "1:~~",
  ]);
  expect([keyOf("~"), keyOf("~~"), keyOf("null")]).toEqual(["%7E", "%7E%7E", "null"]);
});

test("a number and its text share a key: an id may come from a row or from a path", () => {
  expect(keyOf({ id: "7" })).toBe(keyOf({ id: 7 }));
});

test("values cannot break out of their segment or act as a glob", () => {
  expect(encodeSegment("a:b*c?[d]%e f~(g),h")).toBe("a%3Ab%2Ac%3F%5Bd%5D%25e%20f%7E%28g%29%2Ch");
  expect(["a:b", "a.b-c_1", ""].map(encodeSegment)).toEqual(["a%3Ab", "a.b-c_1", ""]);
});

test("two different strings never share a segment, lone surrogates included", () => {
  const anyString = fc.string({
    unit: fc.integer({ min: 0, max: 0xff_ff }).map((code) => String.fromCharCode(code)),
  });
  fc.assert(
    fc.property(anyString, anyString, (left, right) => {
      expect(encodeSegment(left) === encodeSegment(right)).toBe(left === right);
      expect(encodeSegment(left)).toMatch(/^[\w%.-]*$/);
    }),
  );
});

/** Values built from few parts, so that two are often nearly equal. */
const { value: anyValue } = fc.letrec<{ value: KeyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom("", "a", "b", "~", "(", ",", ":", null, true),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", ""), tie("value"), { maxKeys: 2 }),
  ),
}));

test("two different values of one kind never share a key", () => {
  const sorted = (value: KeyValue | undefined): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return ["list", ...value.map(sorted)];
    const names = Object.keys(value).toSorted();
    return [
      "object",
      ...names.map((name) => [name, sorted((value as Record<string, KeyValue>)[name])]),
    ];
  };
  fc.assert(
    fc.property(anyValue, anyValue, (left, right) => {
      // Nested, where a list and an object must differ.
      const same = JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
      expect(keyOf({ in: left }) === keyOf({ in: right })).toBe(same);
      const areLists = Array.isArray(left) && Array.isArray(right);
      expect(areLists && keyOf(left) === keyOf(right)).toBe(areLists && same);
    }),
    { numRuns: 2_000 },
  );
});

test("no value makes a short key equal to a long one's, nor two long ones equal", () => {
  const long = keyOf({ q: "x".repeat(500) });
  expect(long).toMatch(/^q:x{154}#[\w-]{43}$/);
  expect(keyOf({ q: long.slice(2) })).not.toBe(long);
  expect(keyOf({ q: "x".repeat(501) })).not.toBe(long);
});

test("a long key does not keep the text in memory from which it was made", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  const keys = Array.from({ length: 200 }, (_, at) => keyOf(["x".repeat(100_000), at]));
  const bytesEach = (heap() - before) / keys.length;
  expect(new Set(keys).size).toBe(200);
  expect(bytesEach).toBeLessThan(10_000);
});

test("a long key keeps a readable start and stays unique", () => {
  const long = (end: string) => keyOf({ search: "x".repeat(500) + end });
  expect(long("a")).toHaveLength(200);
  expect(long("a")).toMatch(/^search:xxx/);
  expect(long("a")).not.toBe(long("b"));
});

test("lone surrogates have different keys, although each becomes the same character in UTF-8", () => {
  const keys = ["\ud800", "\udfff", "\ufffd"].map((text) => keyOf({ text }));
  expect(new Set(keys).size).toBe(3);
});

describe("a key is refused", () => {
  const refused: [unknown, string][] = [
    [Number.NaN, "key.id is NaN: use strings, finite numbers and plain data"],
    [Number.POSITIVE_INFINITY, "key.id is Infinity: use strings, finite numbers and plain data"],
    [new Date(0), "key.id is a Date: use strings, finite numbers and plain data"],
    [new Map([[1, 2]]), "key.id is a Map: use strings"],
    [() => 1, "key.id is a function: use strings"],
    [1n, "key.id is a bigint: use strings"],
    [
      [1, { deep: Number.NaN }],
      "key.id[1].deep is NaN: use strings, finite numbers and plain data",
    ],
  ];
  test.for(refused)("with %s in it", async ([id, message]) => {
    const resource = defineResource<{ id: unknown }, number>({
      name: "u",
      key: (params) => params as { id: number },
      ttl: "1 minute",
      load: () => 1,
    });
    const cache = new Cache({ store: new MemoryStore() });
    const text = `definition_invalid: resource "u": ${message}`;
    await expect(cache.get(resource, { id })).rejects.toThrow(text);
    const [failure] = await cache.getMany(resource, [{ id }]);
    expect(String(failure)).toContain(text);
  });
});

describe("without a key option", () => {
  const cache = () => new Cache({ store: new MemoryStore() });
  const define = (options: object) =>
    defineResource<unknown>({
      name: "u",
      ttl: "1 minute",
      load: (params: unknown) => ({ params: String(params) }),
      ...options,
    } as never);

  test.for<[unknown, string]>([
    [7, "u:7"],
    ["7", "u:7"],
    ["a:b", "u:a%3Ab"],
    [true, "u:true"],
    [null, "u:~"],
    [undefined, "u:all"],
    ["all", "u:%61ll"],
    [[1, "x"], "u:1:x"],
    [[1], "u:(1)"],
    [[], "u:(;)"],
  ])("a scalar and a list of scalars are their own key: %s", ([params, key]) => {
    expect(define({}).keyFor(params)).toBe(key);
  });

  test.for([{ id: 7 }, new Date(0), [{ id: 7 }], new Map()])(
    "parameters that are an object are refused: %s",
    async (params) => {
      await expect(cache().get(define({}), params)).rejects.toThrow(
        'definition_invalid: resource "u": its parameters are an object: say what identifies an entry, as in key: ({ id }) => ({ id })',
      );
    },
  );

  test("NaN is refused", async () => {
    await expect(cache().get(define({}), Number.NaN)).rejects.toThrow(
      'definition_invalid: resource "u": its parameter is NaN: use strings, finite numbers and plain data',
    );
  });
});
