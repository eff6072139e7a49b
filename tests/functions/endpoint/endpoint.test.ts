import { brotliDecompressSync } from "node:zlib";
import { CoreError } from "@algoitny/core/core-error";
import { cached, created, derived, ok } from "@algoitny/functions/endpoint/answer";
import { HttpError } from "@algoitny/functions/endpoint/http-error";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ADMIN, context, setup, thing, USER } from "../support/test-endpoint.ts";
import { httpEvent } from "../support/http-events.ts";

const read = (id: string) => {
  const { endpoint, lines, metrics } = setup();
  const handler = endpoint("GET /api/problems/", {}, async (_, call) =>
    cached(await call.read(thing, { id }), `no thing ${id}`),
  );
  return { handler, lines, metrics };
};

describe("a cached answer", () => {
  test("is a miss with its database reads, then a hit without any, byte for byte the same", async () => {
    const { handler } = read("a");
    const first = await handler(httpEvent(), context);
    const second = await handler(httpEvent(), context);
    expect(first.headers?.["server-timing"]).toMatch(
      /^cache;desc="MISS";dur=[\d.]+, load;dur=[\d.]+, db;desc="1 read"$/,
    );
    expect(second.headers?.["server-timing"]).toMatch(
      /^cache;desc="HIT";dur=[\d.]+, db;desc="0 reads"$/,
    );
    expect(first.headers?.["cache-status"]).toMatch(/^algoitny; fwd=miss/);
    expect(second.headers?.["cache-status"]).toMatch(/^algoitny; hit; ttl=\d+$/);
    expect(second.body).toBe(first.body);
    expect(second.headers?.["etag"]).toBe(first.headers?.["etag"]);
  });

  test("is a 404 of the contract when nothing is found, and that is cached too", async () => {
    const { handler, metrics } = read("missing");
    await handler(httpEvent(), context);
    const { statusCode, body, headers } = await handler(httpEvent(), context);
    expect(statusCode).toBe(404);
    expect(JSON.parse(body ?? "")).toMatchObject({
      error: "no thing missing",
      title: "Not Found",
      status: 404,
    });
    expect(headers).toMatchObject({ "content-type": "application/json" });
    // These headers would distinguish a hidden item from a missing one.
    for (const name of ["server-timing", "cache-status", "age"])
      expect(headers).not.toHaveProperty(name);
    expect(metrics.map((line) => line["DatabaseReads"] ?? 0)).toEqual([1, 0]);
  });

  test("is a 406 of the contract for a client that accepts no coding", async () => {
    const { statusCode, body } = await read("a").handler(
      httpEvent({ headers: { "accept-encoding": "*;q=0" } }),
      context,
    );
    expect(statusCode).toBe(406);
    expect(JSON.parse(body ?? "")).toMatchObject({
      error: expect.any(String),
      title: "Not Acceptable",
      status: 406,
    });
  });
});

test("an answer that is made from a cached one has a separate ETag", async () => {
  const { endpoint } = setup();
  const whole = endpoint("GET /api/problems/", {}, async (_, call) =>
    cached(await call.read(thing, { id: "a" }), ""),
  );
  const part = endpoint("GET /api/problems/", {}, async (_, call) =>
    derived(await call.read(thing, { id: "a" }), "id", "", ({ id }) => ({ id })),
  );
  const packed = httpEvent({ headers: { "accept-encoding": "br" } });
  const { headers } = await whole(packed, context);
  const made = await part(packed, context);
  expect(made.body).toBe('{"id":"a"}');
  expect(made.headers?.["etag"]).not.toBe(headers?.["etag"]);
  const again = await part(
    httpEvent({ headers: { ...packed.headers, "if-none-match": String(headers?.["etag"]) } }),
    context,
  );
  expect(again.statusCode).toBe(200);
});

describe("Cache-Control and Vary", () => {
  const headersFor = async (
    shape: { audience?: "viewer" },
    headers: Record<string, string>,
    claims?: object,
  ) => {
    const { endpoint } = setup();
    const handler = endpoint("GET /api/problems/{id}/", shape, async (_, call) =>
      cached(await call.read(thing, { id: "a" }), ""),
    );
    return (
      await handler(httpEvent({ headers, ...(claims && { claims: { ...claims } }) }), context)
    ).headers;
  };

  test("allow everyone to share an answer that is the same for everyone", async () => {
    const expected = { "cache-control": "no-cache", vary: "Accept-Encoding, Origin" };
    expect(await headersFor({}, {})).toMatchObject(expected);
    expect(await headersFor({}, { authorization: "Bearer x.y.z" }, USER)).toMatchObject(expected);
  });

  test("separate answers that depend on the caller", async () => {
    const vary = "Accept-Encoding, Origin, Authorization";
    expect(await headersFor({ audience: "viewer" }, {})).toMatchObject({
      "cache-control": "no-cache",
      vary,
    });
    expect(
      await headersFor({ audience: "viewer" }, { authorization: "Bearer x.y.z" }, USER),
    ).toMatchObject({
      "cache-control": "private, no-cache",
      vary,
    });
  });

  test("make a user's own data private", async () => {
    const { endpoint } = setup();
    const handler = endpoint("GET /api/account/stats/", {}, async (_, call) =>
      cached(await call.read(thing, { id: call.caller.sub }), ""),
    );
    expect((await handler(httpEvent({ claims: USER }), context)).headers).toMatchObject({
      "cache-control": "private, no-cache",
      vary: "Accept-Encoding, Origin, Authorization",
    });
  });
});

describe("authorization", () => {
  const statusOf = async (claims?: Record<string, unknown>) => {
    const { endpoint } = setup();
    const handler = endpoint("DELETE /api/problems/{id}/", {}, async () => ok({}));
    return (await handler(httpEvent(claims ? { claims } : {}), context)).statusCode;
  };

  test("requires an admin on an admin's route: other users get 403, anonymous callers 401", async () => {
    expect(await statusOf(ADMIN)).toBe(200);
    expect(await statusOf(USER)).toBe(403);
    expect(await statusOf()).toBe(401);
  });

  test("is decided before the input is parsed", async () => {
    const { endpoint } = setup();
    const handler = endpoint("POST /api/problems/", { body: z.object({}) }, async () => ok({}));
    expect((await handler(httpEvent({ claims: USER, body: "{" }), context)).statusCode).toBe(403);
    expect((await handler(httpEvent({ claims: ADMIN, body: "{" }), context)).statusCode).toBe(400);
  });
});

describe("an uncached answer", () => {
  test("to a creation is a 201 with the address of the new item", async () => {
    const { endpoint } = setup();
    const handler = endpoint("POST /api/problems/", {}, async () =>
      created({ id: 7 }, "/api/problems/7/"),
    );
    const result = await handler(httpEvent({ claims: ADMIN }), context);
    expect(result).toMatchObject({
      statusCode: 201,
      body: '{"id":7}',
      headers: { location: "/api/problems/7/" },
    });
  });

  test("is compressed as its client prefers", async () => {
    const { endpoint } = setup();
    const item = { text: "한글 ".repeat(1_000) };
    const handler = endpoint("POST /api/problems/", {}, async () => created(item, "/there/"));
    const answerFor = (coding: string) =>
      handler(httpEvent({ claims: ADMIN, headers: { "accept-encoding": coding } }), context);
    const { headers, body, isBase64Encoded } = await answerFor("gzip, br");
    expect([headers?.["content-encoding"], isBase64Encoded]).toEqual(["br", true]);
    const unpacked = brotliDecompressSync(Buffer.from(body ?? "", "base64")).toString();
    expect(JSON.parse(unpacked)).toEqual(item);
    // The write is done, so the answer is not a 406.
    const refusing = await answerFor("*;q=0");
    expect([refusing.statusCode, refusing.body]).toEqual([201, JSON.stringify(item)]);
  });

  test("has no body for HEAD", async () => {
    const { endpoint } = setup();
    const handler = endpoint("GET /api/health/live/", {}, async () => ok({ status: "ok" }));
    expect(await handler(httpEvent({ method: "HEAD" }), context)).toMatchObject({
      statusCode: 200,
      body: "",
    });
  });
});

describe("an error", () => {
  const resultOf = async (error: unknown) => {
    const { endpoint, lines } = setup();
    const handler = endpoint("GET /api/problems/", {}, async () => {
      throw error;
    });
    const result = await handler(httpEvent(), context);
    return { ...result, document: JSON.parse(result.body ?? ""), lines };
  };

  test.each([
    ["invalid", 400],
    ["forbidden", 403],
    ["not_found", 404],
    ["conflict", 409],
    ["too_large", 413],
  ] as const)("of the domain (%s) is a %i with its text", async (code, status) => {
    const { statusCode, document } = await resultOf(new CoreError(code, "do this instead"));
    expect(statusCode).toBe(status);
    expect(document).toMatchObject({ error: "do this instead", status });
  });

  test("without a mapping is a 500 without details; the log has the details, without secrets", async () => {
    const { statusCode, body, lines } = await resultOf(
      new TypeError("Bearer abc.def.ghi of a@b.io", {
        cause: new Error("eyJhbGciOiJIUzI1NiJ9.e30.x"),
      }),
    );
    expect(statusCode).toBe(500);
    expect(JSON.parse(body ?? "")).toMatchObject({
      error: "something went wrong on our side",
      status: 500,
    });
    expect(lines).toEqual([
      expect.objectContaining({
        level: "error",
        message: "request failed",
        route: "GET /api/problems/",
        request_id: "request",
        function_request_id: "invocation",
      }),
    ]);
    expect(JSON.stringify(lines)).toContain("TypeError");
    expect(JSON.stringify(lines)).not.toMatch(/abc\.def|a@b\.io|eyJ/);
  });

  test.each([
    Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
    Object.assign(new Error("timed out"), { name: "TimeoutError" }),
    Object.assign(new Error("slow down"), { name: "ThrottlingException" }),
    new Error("load failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) }),
    new AggregateError([Object.assign(new Error("refused"), { code: "ECONNREFUSED" })]),
  ])("of a database that does not answer is a 503 with Retry-After (%s)", async (error) => {
    const { statusCode, headers, lines } = await resultOf(error);
    expect(statusCode).toBe(503);
    expect(headers).toMatchObject({ "retry-after": "1" });
    expect(lines).toHaveLength(1);
  });

  test("of a load that fails does not reveal what was loaded", async () => {
    const { handler, lines } = read("broken");
    const { statusCode, body } = await handler(httpEvent(), context);
    expect(statusCode).toBe(500);
    expect(body).not.toContain("secret");
    expect(JSON.stringify(lines)).not.toContain("admin@example.com");
  });

  test("thrown as an HTTP error keeps its status and headers", async () => {
    const { statusCode, headers } = await resultOf(
      new HttpError(503, "later", { headers: { "retry-after": "9" } }),
    );
    expect(statusCode).toBe(503);
    expect(headers).toMatchObject({ "retry-after": "9" });
  });
});
