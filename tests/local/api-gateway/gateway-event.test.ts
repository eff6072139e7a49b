import { describe, expect, test } from "vitest";
import { toEvent, type GatewayRequest } from "@algoitny/local/api-gateway/gateway-event";

const route = { key: "POST /problems/{id}", target: "x", authorized: false };

function eventOf(request: Partial<GatewayRequest>) {
  return toEvent(
    {
      method: "POST",
      rawPath: "/problems/a%20b",
      path: ["problems", "a b"],
      rawQueryString: "",
      headers: [["Host", "api.example:8000"]],
      protocol: "HTTP/1.1",
      sourceIp: "127.0.0.1",
      requestId: "00000000-0000-4000-8000-000000000000",
      timeEpochMs: Date.UTC(2026, 10, 2, 3, 4, 5, 678),
      body: Buffer.alloc(0),
      ...request,
    },
    { route, pathParameters: { id: "a b" } },
    undefined,
  );
}

test("a plain request becomes the documented event", () => {
  const event = eventOf({
    rawQueryString: "a=1&b=%20x",
    headers: [
      ["Host", "api.example:8000"],
      ["User-Agent", "tester/1"],
    ],
  });
  expect(event).toEqual({
    version: "2.0",
    routeKey: "POST /problems/{id}",
    rawPath: "/problems/a b",
    rawQueryString: "a=1&b=%20x",
    headers: {
      host: "api.example:8000",
      "user-agent": "tester/1",
      "x-amzn-trace-id": "Root=1-6ae7fda5-000000000000400080000000",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
    },
    queryStringParameters: { a: "1", b: " x" },
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      domainName: "api.example:8000",
      domainPrefix: "api",
      http: {
        method: "POST",
        path: "/problems/a b",
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: "tester/1",
      },
      requestId: "00000000-0000-4000-8000-000000000000",
      routeKey: "POST /problems/{id}",
      stage: "$default",
      time: "02/Nov/2026:03:04:05 +0000",
      timeEpoch: Date.UTC(2026, 10, 2, 3, 4, 5, 678),
    },
    pathParameters: { id: "a b" },
    isBase64Encoded: false,
  });
});

test("missing parts of the request are absent from the event, not null", () => {
  const event = eventOf({});
  for (const name of ["body", "cookies", "queryStringParameters"]) {
    expect(event).not.toHaveProperty(name);
  }
  expect(event.requestContext).not.toHaveProperty("authorizer");
});

describe("headers", () => {
  test("get lower-case names, repeated ones joined by commas", () => {
    const { headers } = eventOf({
      headers: [
        ["X-Tag", "a, b"],
        ["x-tag", "c"],
      ],
    });
    expect(headers).toMatchObject({ "x-tag": "a, b,c" });
  });

  test("that are hop-by-hop are not passed on, nor are a client's X-Forwarded headers", () => {
    const { headers } = eventOf({
      headers: [
        ["Connection", "keep-alive"],
        ["Transfer-Encoding", "chunked"],
        ["X-Forwarded-For", "1.2.3.4"],
      ],
    });
    expect(headers).not.toHaveProperty("connection");
    expect(headers).not.toHaveProperty("transfer-encoding");
    expect(headers["x-forwarded-for"]).toBe("127.0.0.1");
  });

  test("do not contain cookies, which have a separate list", () => {
    const event = eventOf({
      headers: [
        ["Cookie", "a=1; b=2"],
        ["Cookie", "c=3"],
      ],
    });
    expect(event.cookies).toEqual(["a=1", "b=2", "c=3"]);
    expect(event.headers).not.toHaveProperty("cookie");
  });

  test("are separate from query parameters, which may have names such as __proto__", () => {
    const event = eventOf({ rawQueryString: "constructor=1&constructor=2&__proto__=3" });
    expect(event.queryStringParameters).toEqual(
      JSON.parse('{"constructor":"1,2","__proto__":"3"}'),
    );
  });
});

test("repeated query parameters are joined by commas, the raw query string is unchanged", () => {
  const event = eventOf({ rawQueryString: "t=a&t=b&u=%2C&v" });
  expect(event.queryStringParameters).toEqual({ t: "a,b", u: ",", v: "" });
  expect(event.rawQueryString).toBe("t=a&t=b&u=%2C&v");
});

describe("bodies", () => {
  const body = Buffer.from('{"a":"가"}');

  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "text/plain",
    "application/xml",
  ])("of type %s arrive as text", (type) => {
    const event = eventOf({ body, headers: [["Content-Type", type]] });
    expect(event).toMatchObject({ body: '{"a":"가"}', isBase64Encoded: false });
  });

  test.each([
    ["an image", [["Content-Type", "image/png"]]],
    ["a form", [["Content-Type", "application/x-www-form-urlencoded"]]],
    ["no type", []],
    [
      "compressed text",
      [
        ["Content-Type", "application/json"],
        ["Content-Encoding", "gzip"],
      ],
    ],
  ] as const)("of %s arrive as base64", (_, headers) => {
    const event = eventOf({ body, headers });
    expect(event).toMatchObject({ body: body.toString("base64"), isBase64Encoded: true });
  });
});

test("the authorizer's claims are in the request context", () => {
  const token = { claims: { sub: "s" }, scopes: null };
  const event = toEvent(
    {
      method: "GET",
      rawPath: "/",
      path: [""],
      rawQueryString: "",
      headers: [],
      protocol: "HTTP/1.1",
      sourceIp: "127.0.0.1",
      requestId: "r",
      timeEpochMs: 0,
      body: Buffer.alloc(0),
    },
    { route, pathParameters: undefined },
    token,
  );
  expect(event.requestContext.authorizer).toEqual({ jwt: { claims: { sub: "s" }, scopes: null } });
});
