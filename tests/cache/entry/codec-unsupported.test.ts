import { expect, test } from "vitest";
import { encodeBody } from "../../../packages/cache/src/encode.ts";
import { CacheError } from "../../../packages/cache/src/errors.ts";

class Money {
  amount = 1;
}

const circle: Record<string, unknown> = {};
circle["self"] = circle;

const CASES: readonly [value: unknown, message: string][] = [
  [undefined, "value is undefined: leave the property out, or use null"],
  [{ a: [1, undefined] }, "value.a[1] is undefined: leave the property out, or use null"],
  [
    { a: { "b c": [undefined] } },
    'value.a["b c"][0] is undefined: leave the property out, or use null',
  ],
  // oxlint-disable-next-line no-sparse-arrays -- a hole is what is tested
  [[1, , 2], "value[1] is undefined: leave the property out, or use null"],
  [{ n: Number.NaN }, "value.n is NaN, which JSON turns into null: use null or a string"],
  [
    [Number.POSITIVE_INFINITY],
    "value[0] is Infinity, which JSON turns into null: use null or a string",
  ],
  [{ id: 10n }, "value.id is a bigint: store it as a string"],
  [{ f: () => 1 }, "value.f is a function: leave it out"],
  [[Symbol("s")], "value[0] is a symbol: leave it out"],
  [{ [Symbol("s")]: 1 }, "value has a symbol as a property's name: use a string"],
  [
    { at: new Date(0) },
    "value.at is a Date: store its toISOString() and read it back in the resource's schema",
  ],
  [new Map(), "value is a Map: store Object.fromEntries(map), or an array of its entries"],
  [{ s: new Set([1]) }, "value.s is a Set: store an array of its members"],
  [
    { file: new Uint8Array(1) },
    "value.file is bytes inside a value: store them in base64, or make them the whole value",
  ],
  [{ price: new Money() }, "value.price is an instance of a class: store a plain object"],
  [Object.assign([1], { total: 1 }), "value is an array with named properties: store an object"],
  [circle, "value.self refers to itself: store it without the cycle"],
];

test.each(CASES)(
  "%o is refused with the path to the value and the correction",
  async (value, message) => {
    const error = await encodeBody(value, { compression: "br" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CacheError);
    expect(error).toMatchObject({
      code: "value_unsupported",
      message: `value_unsupported: ${message}`,
    });
  },
);

test("the same object in two places is no cycle", async () => {
  const shared = { a: 1 };
  expect((await encodeBody([shared, shared], { compression: "br" })).body).toBe(
    '[{"a":1},{"a":1}]',
  );
});

test("an object without a prototype counts as a plain object", async () => {
  const value: unknown = Object.assign(Object.create(null), { a: 1 });
  expect((await encodeBody(value, { compression: "br" })).body).toBe('{"a":1}');
});

test("the message never contains the value", async () => {
  const error = await encodeBody({ secret: "s3cret", at: new Date() }, { compression: "br" }).catch(
    String,
  );
  expect(error).not.toContain("s3cret");
});
