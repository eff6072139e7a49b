import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toResponse } from "@algoitny/cache/lambda";
import { contentOf, eventOf, LONG_LIST, readingOf } from "../../support/http.ts";

const SHORT_LIST = [{ id: 1, title: "á" }];

function ask(acceptEncoding?: string) {
  return eventOf("/", {
    headers: acceptEncoding === undefined ? {} : { "accept-encoding": acceptEncoding },
  });
}

test("a stored Brotli body is passed on unchanged", async () => {
  const reading = await readingOf(LONG_LIST);
  expect(reading.entry.header.coding).toBe("br");
  const response = await toResponse(ask("gzip, deflate, br"), reading);
  expect(response).toMatchObject({
    statusCode: 200,
    isBase64Encoded: true,
    headers: { "content-encoding": "br", etag: `"${reading.entry.header.etag}"` },
  });
  expect(response.body).toBe(reading.entry.body);
});

test("a stored plain body is passed on as text", async () => {
  const reading = await readingOf(SHORT_LIST);
  const response = await toResponse(ask("gzip, deflate, br"), reading);
  expect(response).toMatchObject({ statusCode: 200, isBase64Encoded: false });
  expect(response.body).toBe('[{"id":1,"title":"á"}]');
  expect(response.headers).not.toHaveProperty("content-encoding");
  expect(response.headers["content-type"]).toBe("application/json");
});

test("bytes that are not text are returned in base64, without a content coding", async () => {
  const bytes = new Uint8Array([0xff, 0, 0xfe]);
  const response = await toResponse(ask("br"), await readingOf(bytes));
  expect(response).toMatchObject({ body: "/wD+", isBase64Encoded: true });
  expect(response.headers["content-type"]).toBe("application/octet-stream");
  expect(response.headers).not.toHaveProperty("content-encoding");
});

describe("the coding is the one that the client prefers; among equals, the stored one", () => {
  test.each<[header: string | undefined, ofBrotli: string, ofPlain: string, why: string]>([
    [undefined, "identity", "identity", "a client that does not ask may not know any"],
    ["", "identity", "identity", "an empty header asks for no coding"],
    ["br", "br", "identity", "a plain body is too small to be worth a coding"],
    ["gzip", "gzip", "identity", "conversion"],
    ["x-gzip", "gzip", "identity", "an old name of gzip"],
    ["deflate, zstd", "identity", "identity", "unknown codings"],
    ["gzip;q=1.0, br;q=0.5", "gzip", "identity", "weights"],
    ["br;q=0.001, gzip;q=0.002", "gzip", "identity", "small weights"],
    ["BR;Q=1", "br", "identity", "case does not matter"],
    ["*", "br", "identity", "all are equal to it"],
    ["identity", "identity", "identity", "asked for by name"],
    ["br;q=0, *", "gzip", "identity", "anything but Brotli"],
    ["br;q=0", "identity", "identity", "Brotli refused, nothing else named"],
    ["identity;q=0, *", "br", "br", "identity refused"],
    ["identity;q=0, gzip", "gzip", "gzip", "identity refused"],
    ["gzip, *;q=0", "gzip", "gzip", "everything but gzip refused"],
    ["br;q=1, identity;q=0.5", "br", "br", "identity asked for, but less"],
    ["br;q=2, gzip;q=x", "identity", "identity", "malformed weights are left out"],
  ])("%j: %s, or %s when stored plain (%s)", async (header, ofBrotli, ofPlain) => {
    for (const [value, coding] of [
      [LONG_LIST, ofBrotli],
      [SHORT_LIST, ofPlain],
    ] as const) {
      const response = await toResponse(ask(header), await readingOf(value));
      expect(response.headers["content-encoding"] ?? "identity").toBe(coding);
      expect(JSON.parse(contentOf(response).toString())).toEqual(value);
    }
  });
});

test("long JSON that is stored plain is compressed for a client that asks for it", async () => {
  const { entry, ...rest } = await readingOf(LONG_LIST);
  const body = JSON.stringify(LONG_LIST);
  const plain = {
    ...rest,
    entry: { ...entry, header: { ...entry.header, coding: "identity" as const }, body },
  };
  for (const [header, coding] of [
    ["gzip, br", "br"],
    ["gzip", "gzip"],
    ["identity", "identity"],
    ["*", "identity"],
  ] as const) {
    const response = await toResponse(ask(header), plain);
    expect(response.headers["content-encoding"] ?? "identity").toBe(coding);
    expect(contentOf(response).toString()).toBe(body);
  }
});

test.each(["identity;q=0", "*;q=0", "identity;q=0, br;q=0, gzip;q=0, deflate"])(
  "%j accepts no coding, which is a 406",
  async (header) => {
    const response = await toResponse(ask(header), await readingOf(LONG_LIST));
    expect(response.statusCode).toBe(406);
    expect(response.headers["vary"]).toBe("Accept-Encoding");
    expect(JSON.parse(response.body)).toEqual({
      type: "about:blank",
      title: "Not Acceptable",
      status: 406,
    });
  },
);

test("each coding has its own strong ETag", async () => {
  const of = async (value: unknown, header: string) =>
    (await toResponse(ask(header), await readingOf(value))).headers["etag"];
  const { etag } = (await readingOf(LONG_LIST)).entry.header;
  expect(await of(LONG_LIST, "br")).toBe(`"${etag}"`);
  expect(await of(LONG_LIST, "gzip")).toBe(`"${etag}-gzip"`);
  expect(await of(LONG_LIST, "identity")).toBe(`"${etag}-identity"`);
  expect(await of(SHORT_LIST, "br, identity;q=0")).toMatch(/^"[\w-]{22}-br"$/);
});

test("whatever the client asks for, it gets the stored content or a 406", async () => {
  const element = fc
    .tuple(
      fc.constantFrom("br", "gzip", "identity", "*", "zstd", "?"),
      fc.constantFrom("", ";q=0", ";q=0.5", ";q=1", "; q = 1"),
    )
    .map((parts) => parts.join(""));
  const values = [
    LONG_LIST,
    SHORT_LIST,
    "한".repeat(600),
    new TextEncoder().encode("text ".repeat(400)),
  ];
  const readings = await Promise.all(values.map((value) => readingOf(value)));
  await fc.assert(
    fc.asyncProperty(fc.array(element), fc.constantFrom(...readings), async (elements, reading) => {
      const response = await toResponse(ask(elements.join(",")), reading);
      const whole = await toResponse(ask("identity"), reading);
      const refused = response.statusCode === 406;
      expect(refused || contentOf(response).equals(contentOf(whole))).toBe(true);
    }),
  );
});
