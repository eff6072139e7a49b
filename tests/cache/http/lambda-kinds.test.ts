import type {
  ALBEvent,
  ALBResult,
  APIGatewayProxyEvent,
  APIGatewayProxyResult,
  Context,
} from "aws-lambda";
import { describe, expect, expectTypeOf, test } from "vitest";
import { compressed, type ProxyEvent, toResponse } from "@algoitny/cache/lambda";
import { cachedHandlers, LONG_LIST, readingOf } from "../../support/http.ts";

const REST: ProxyEvent = {
  httpMethod: "GET",
  path: "/me",
  headers: null,
  multiValueHeaders: null,
  queryStringParameters: null,
  pathParameters: null,
  requestContext: { domainName: "api.example.com" },
};

test("a user from an authorizer without claims does not get another user's response", async () => {
  const users = ["ann", "bob"];
  const handler = cachedHandlers({ claims: ["sub"] }).wrap<ProxyEvent, object>(() => ({
    statusCode: 200,
    body: `of ${users.shift()}`,
  }));
  const as = (authorizer: object): ProxyEvent => ({ ...REST, requestContext: { authorizer } });
  const bodies: string[] = [];
  for (const authorizer of [{ principalId: "ann" }, { principalId: "bob" }])
    bodies.push((await handler(as(authorizer), {})).body);
  expect(bodies).toEqual(["of ann", "of bob"]);
  const signed = { ...REST, requestContext: { identity: { userArn: "arn:aws:iam::1:user/eve" } } };
  expect((await handler(signed, {})).headers["cache-status"]).toContain("detail=credentials");
});

test("repeated headers of a REST API are one list", async () => {
  const event: ProxyEvent = {
    ...REST,
    headers: { "Accept-Encoding": "gzip" },
    multiValueHeaders: { "Accept-Encoding": ["br", "gzip;q=0.5"] },
  };
  const { headers } = await toResponse(event, await readingOf(LONG_LIST));
  expect(headers["content-encoding"]).toBe("br");
});

test("an event without headers, such as a console's test event, is answered without a content coding", async () => {
  const response = await toResponse(REST, await readingOf(LONG_LIST));
  expect(JSON.parse(response.body)).toEqual(LONG_LIST);
  expect(response.headers).not.toHaveProperty("content-encoding");
});

test("an uncached response is compressed for the client that asks for it", async () => {
  const text = JSON.stringify(LONG_LIST);
  const event = { ...REST, headers: { "accept-encoding": "gzip" } };
  const { headers, isBase64Encoded } = await compressed(event, text);
  expect(headers["content-encoding"]).toBe("gzip");
  expect(isBase64Encoded).toBe(true);
  expect(await compressed(REST, text)).toMatchObject({ body: text, isBase64Encoded: false });
});

describe("an event of an unknown kind is refused", () => {
  test.each([
    ["a Request", new Request("http://localhost/")],
    ["messages of a queue", { Records: [] }],
    ["nothing", undefined],
  ])("%s", async (_, event) => {
    const reading = await readingOf([]);
    await expect(toResponse(event as never, reading)).rejects.toThrow(
      "for a Request use @algoitny/cache/http",
    );
  });
});

test("the types of handlers for REST APIs and load balancers are accepted, with their own context", () => {
  const { wrap } = cachedHandlers();
  const rest = wrap(async (event: APIGatewayProxyEvent, context: Context) => ({
    statusCode: 200,
    body: `${event.httpMethod} ${context.functionName}`,
  }));
  expectTypeOf(rest).parameters.toEqualTypeOf<[APIGatewayProxyEvent, Context]>();
  expectTypeOf(rest).returns.resolves.toExtend<APIGatewayProxyResult>();
  const alb = wrap(async (event: ALBEvent) => ({ statusCode: 200, body: event.path }));
  expectTypeOf(alb).returns.resolves.toExtend<ALBResult>();
});
