import type { IncomingMessage } from "node:http";
import type { AuthorizedToken } from "./jwt-authorizer.ts";
import type { RouteMatch } from "./route-table.ts";

/** Everything in the event except the route and the token. */
export interface GatewayRequest {
  method: string;
  /** As sent, still percent-encoded. */
  rawPath: string;
  /** Decoded segments of `rawPath`. */
  path: readonly string[];
  rawQueryString: string;
  /** Pairs as they were received: names in any case, repeated names kept. */
  headers: ReadonlyArray<readonly [name: string, value: string]>;
  protocol: string;
  sourceIp: string;
  requestId: string;
  timeEpochMs: number;
  body: Buffer;
}

/** Headers that are not in the event: they belong to one hop, or become `cookies`. */
const NOT_PASSED_ON = new Set([
  "connection",
  "cookie",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Content types whose body is passed to the function as text; a body of any other type (such as a form's), without a
 * type or with a content coding is passed as base64. AWS does not list them; these were measured:
 * https://github.com/ministackorg/ministack/pull/766
 */
const TEXT_TYPES = /^(text\/[^;]*|application\/(json|xml|javascript))\s*(;|$)/i;

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The time as access logs write it: `22/Nov/2026:19:03:58 +0000`. */
function logTime(timeEpochMs: number): string {
  const time = new Date(timeEpochMs);
  const day = String(time.getUTCDate()).padStart(2, "0");
  const clock = time.toISOString().slice(11, 19);
  return `${day}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}:${clock} +0000`;
}

/** Joins the values of a repeated name by commas. */
function joined(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

function cookiesOf(headers: GatewayRequest["headers"]): string[] {
  return headers
    .filter(([name]) => name.toLowerCase() === "cookie")
    .flatMap(([, value]) => value.split(/;\s*/))
    .filter((cookie) => cookie !== "");
}

function passedOn(request: GatewayRequest): Record<string, string> {
  const sent = request.headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !NOT_PASSED_ON.has(name) && !name.startsWith("x-forwarded-"));
  return {
    ...joined(sent),
    "x-forwarded-for": request.sourceIp,
    "x-forwarded-proto": "http",
    "x-amzn-trace-id": `Root=1-${Math.floor(request.timeEpochMs / 1000).toString(16)}-${request.requestId.replaceAll("-", "").slice(0, 24)}`,
  };
}

function bodyOf(request: GatewayRequest, headers: Readonly<Record<string, string>>) {
  if (request.body.length === 0) return { isBase64Encoded: false };
  const isText = TEXT_TYPES.test(headers["content-type"] ?? "") && !headers["content-encoding"];
  return {
    body: request.body.toString(isText ? "utf8" : "base64"),
    isBase64Encoded: !isText,
  };
}

/**
 * Converts a request to the event of payload format 2.0, whose `rawPath` is decoded, unlike the request's and unlike
 * `rawQueryString`. Source:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toEvent(
  request: GatewayRequest,
  { route, pathParameters }: RouteMatch,
  token: AuthorizedToken | undefined,
) {
  const headers = passedOn(request);
  const cookies = cookiesOf(request.headers);
  const path = `/${request.path.join("/")}`;
  const host = headers["host"] ?? "localhost";
  return {
    version: "2.0",
    routeKey: route.key,
    rawPath: path,
    rawQueryString: request.rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(request.rawQueryString !== "" && {
      queryStringParameters: joined(new URLSearchParams(request.rawQueryString)),
    }),
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      ...(token && { authorizer: { jwt: token } }),
      domainName: host,
      domainPrefix: host.split(/[.:]/)[0],
      http: {
        method: request.method,
        path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: request.requestId,
      routeKey: route.key,
      stage: "$default",
      time: logTime(request.timeEpochMs),
      timeEpoch: request.timeEpochMs,
    },
    ...(pathParameters && { pathParameters }),
    ...bodyOf(request, headers),
  };
}

/** Header pairs of a request as they were received. */
export function headerPairs({ rawHeaders }: IncomingMessage): Array<[string, string]> {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[index * 2]!,
    rawHeaders[index * 2 + 1]!,
  ]);
}
