import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

const LARGE = `${"0123456789 äöü €🎉 ".repeat(15_000)}end`;
const VALUES = {
  "a number": "42",
  "the word null": "null",
  "a number beyond a double": "1e400",
  "a number of 20 digits": "12345678901234567890",
  "the empty string": "",
  "the reply OK": "OK",
  JSON: '{"a": [1, "ü", null]}',
  "text beyond the BMP": "𝒳 🎉",
  "control characters": "\0\r\n\t",
  base64: "T0s=",
  "more than 300 KB": LARGE,
};

describe.each([
  ["base64 responses", "base64"],
  ["plain responses", false],
] as const)("with %s", (_name, responseEncoding) => {
  test.each(Object.entries(VALUES))("%s is returned unchanged", async (_what, value) => {
    const redis = upstash.client({ responseEncoding });
    expect(await redis.set("value", value)).toBe("OK");
    expect(await redis.get("value")).toBe(value);
    expect(await redis.mget("value", "absent", "value")).toEqual([value, null, value]);
  });

  test("a lone surrogate becomes the replacement character, since JSON is sent as UTF-8", async () => {
    const redis = upstash.client({ responseEncoding });
    await redis.set("value", "a\ud800b");
    expect(await redis.get("value")).toBe("a\ufffdb");
  });

  test("replies nest: strings, integers, nulls and OK inside arrays", async () => {
    const redis = upstash.client({ responseEncoding });
    const script = "return {'OK', 7, false, {'x', {'OK'}}, {ok = 'OK'}, 3.99, ''}";
    expect(await redis.eval(script, [], [])).toEqual(["OK", 7, null, ["x", ["OK"]], "OK", 3, ""]);
  });
});

test("the SDK's automatic deserialisation returns what was stored", async () => {
  const redis = upstash.client({ automaticDeserialization: true });
  await redis.set("object", { a: [1, null] });
  expect(await redis.get("object")).toEqual({ a: [1, null] });
});

test("a value can be binary: base64 keeps its bytes, JSON contains replacement characters", async () => {
  await upstash.redis.call(["SET", "bytes", Buffer.from([0xff, 0x00, 0xfe])]);
  const get = async (headers: Record<string, string>): Promise<unknown> => {
    const authorization = `Bearer ${upstash.token}`;
    const response = await fetch(`${upstash.url}/get/bytes`, {
      headers: { authorization, ...headers },
    });
    return await response.json();
  };
  expect(await get({ "upstash-encoding": "base64" })).toEqual({ result: "/wD+" });
  expect(await get({})).toEqual({ result: "\ufffd\0\ufffd" });
});

test("lengths and ranges count bytes", async () => {
  const redis = upstash.client();
  await redis.set("text", "äbc");
  expect(await redis.strlen("text")).toBe(4);
  expect(await redis.getrange("text", 2, -1)).toBe("bc");
  expect(await redis.getrange("text", -1, -1)).toBe("c");
  expect(await redis.getrange("text", 9, 20)).toBe("");
  expect(await redis.getrange("absent", 0, 4)).toBe("");
  expect(await redis.append("text", "é")).toBe(6);
});
