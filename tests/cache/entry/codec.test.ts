import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBody } from "../../../packages/cache/src/codec.ts";
import { encodeBody, type EncodedBody } from "../../../packages/cache/src/encode.ts";

const encoded = (value: unknown) => encodeBody(value, { compression: "br" });
const jsonOfBytes = (length: number) => encoded("a".repeat(length - 2));
const etag = async (value: unknown) => (await encoded(value)).etag;
const decode = (encodedBody: Omit<EncodedBody, "etag">) =>
  decodeBody({ header: encodedBody, body: encodedBody.body });
const roundTrip = async (value: unknown, compress = true) =>
  decode(await encodeBody(value, { compression: compress ? "br" : false }));

/** JSON values whose strings are any sequence of UTF-16 units, lone surrogates included. JSON writes -0 as 0. */
const jsonValue = fc
  .jsonValue({ stringUnit: "binary" })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }))
  .map((codes) => String.fromCharCode(...codes));

describe("any value is returned unchanged", () => {
  test.each([
    "42",
    "null",
    "true",
    "1e400",
    "",
    '"',
    "12345678901234567890",
    "\uD800",
    "a\uDFFFb",
    "\u2028",
    "\0",
    "{}",
  ])("the string %j", async (text) => {
    expect(await roundTrip(text)).toBe(text);
  });

  test("JSON values", async () => {
    await fc.assert(
      fc.asyncProperty(jsonValue, fc.boolean(), async (value, compress) => {
        expect(await roundTrip(value, compress)).toStrictEqual(value);
      }),
    );
  });

  test("strings of any UTF-16 units, as values, properties and names", async () => {
    await fc.assert(
      fc.asyncProperty(units, async (text) => {
        const value = { text, list: [text], [`name ${text}`]: 1 };
        expect(await roundTrip(value)).toStrictEqual(value);
      }),
    );
  });

  test("compressed JSON of every kind of character", async () => {
    await fc.assert(
      fc.asyncProperty(units, async (text) => {
        const value = { text, padding: "한글 text ".repeat(200) };
        const stored = await encodeBody(value, { compression: "br" });
        expect(stored.coding).toBe("br");
        expect(decode(stored)).toStrictEqual(value);
      }),
      { numRuns: 50 },
    );
  });

  test("bytes, as a separate Uint8Array", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3_000 }),
        fc.boolean(),
        async (bytes, compress) => {
          expect(await roundTrip(bytes, compress)).toStrictEqual(new Uint8Array(bytes));
        },
      ),
    );
  });

  test("bytes given as a Buffer or as a view of a larger buffer", async () => {
    const window = new Uint8Array(new Uint8Array([9, 1, 2, 3, 9]).buffer, 1, 3);
    expect(await roundTrip(window)).toStrictEqual(new Uint8Array([1, 2, 3]));
    expect(await roundTrip(Buffer.from([1, 2, 3]))).toStrictEqual(new Uint8Array([1, 2, 3]));
  });

  test("a property named __proto__", async () => {
    const value: unknown = JSON.parse('{"__proto__":{"a":1}}');
    expect(JSON.stringify(await roundTrip(value))).toBe('{"__proto__":{"a":1}}');
  });
});

describe("a stored body", () => {
  test("is the JSON text itself when it is small", async () => {
    expect(await encodeBody({ a: "é" }, { compression: "br" })).toEqual({
      body: '{"a":"é"}',
      coding: "identity",
      kind: "json",
      plainLength: 10,
      etag: expect.stringMatching(/^[\w-]{22}$/),
    });
  });

  test("is Brotli in base64 if it has 1,024 bytes or more", async () => {
    expect((await jsonOfBytes(1_023)).coding).toBe("identity");
    expect((await jsonOfBytes(1_024)).coding).toBe("br");
    expect((await jsonOfBytes(1_024)).body).toMatch(/^[A-Za-z\d+/]+=*$/);
  });

  test("stays plain if compression is off or does not make it shorter", async () => {
    const noise = crypto.getRandomValues(new Uint8Array(4_096));
    expect((await encodeBody("a".repeat(5_000), { compression: false })).coding).toBe("identity");
    expect((await encodeBody(noise, { compression: "br" })).coding).toBe("identity");
    expect(
      (await encodeBody(Buffer.from(noise).toString("base64"), { compression: "br" })).coding,
    ).toBe("identity");
  });

  test("has an ETag that changes with the body", async () => {
    const [first, second, again] = [
      await etag({ a: 1 }),
      await etag({ a: 2 }),
      await etag({ a: 1 }),
    ];
    expect(second).not.toBe(first);
    expect(again).toBe(first);
    expect(await etag("x".repeat(2_000))).not.toBe(await etag("x".repeat(2_001)));
  });
});

test("a damaged body is an error, never a value", async () => {
  const { body, plainLength } = await encodeBody("a".repeat(2_000), { compression: "br" });
  const cut = { body: body.slice(0, -8), coding: "br", kind: "json", plainLength } as const;
  expect(() => decode(cut)).toThrow(/.+/);
  const open = { body: "{", coding: "identity", kind: "json", plainLength: 1 } as const;
  expect(() => decode(open)).toThrow(SyntaxError);
});

test("a body that decodes to more bytes than its entry's header says is an error, before it fills the memory", async () => {
  const bomb = await encodeBody("a".repeat(50_000_000), { compression: "br" });
  expect(bomb.body.length).toBeLessThan(1_000);
  expect(() => decode({ ...bomb, plainLength: 1_000 })).toThrow(/larger than 1000/);
});
