import { brotliDecompressSync } from "node:zlib";
import { staticEndpoint } from "@algoitny/functions/endpoint/static-endpoint";
import { createObserver } from "@algoitny/functions/telemetry/observe";
import { describe, expect, test, vi } from "vitest";
import { type EventParts, httpEvent } from "../support/http-events.ts";

const text = JSON.stringify({
  openapi: "3.1.0",
  text: "as long as it takes to be coded ".repeat(50),
});
const make = vi.fn<() => Promise<{ contentType: string; text: string }>>(async () => ({
  contentType: "application/json",
  text,
}));
const handler = staticEndpoint(
  "GET /api/openapi.json/",
  make,
  createObserver(() => {}),
);
const ask = (parts: EventParts = {}) => handler(httpEvent(parts), { awsRequestId: "id" });
const tagOf = async (parts: EventParts = {}) => String((await ask(parts)).headers?.["etag"]);

describe("a fixed text", () => {
  test("is made once per process", async () => {
    expect((await ask()).body).toBe(text);
    await ask();
    expect(make).toHaveBeenCalledTimes(1);
  });

  test("is sent in the coding that its client prefers, with a separate ETag for each coding", async () => {
    const headers = { "accept-encoding": "br" };
    const { body = "", isBase64Encoded, headers: sent } = await ask({ headers });
    expect(isBase64Encoded).toBe(true);
    expect(brotliDecompressSync(Buffer.from(body, "base64")).toString()).toBe(text);
    expect(sent).toMatchObject({ "content-encoding": "br", vary: "Accept-Encoding, Origin" });
    expect(sent?.["etag"]).not.toBe(await tagOf());
  });

  test.each(["*", "same", "weak", "list"])(
    "is a 304 for a client that has it (%s)",
    async (kind) => {
      const tag = await tagOf();
      const values: Record<string, string> = {
        "*": "*",
        same: tag,
        weak: `W/${tag}`,
        list: `"a", ${tag}`,
      };
      const answer = await ask({ headers: { "if-none-match": values[kind] ?? "" } });
      expect(answer).toMatchObject({ statusCode: 304, headers: { etag: tag } });
      expect(answer.body).toBeUndefined();
    },
  );

  test("is sent whole to a client that has another coding of it", async () => {
    const br = await tagOf({ headers: { "accept-encoding": "br" } });
    expect(await ask({ headers: { "if-none-match": br } })).toMatchObject({ statusCode: 200 });
  });

  test("has no body for HEAD", async () => {
    expect(await ask({ method: "HEAD" })).toMatchObject({
      statusCode: 200,
      body: "",
      headers: { etag: await tagOf() },
    });
  });
});
