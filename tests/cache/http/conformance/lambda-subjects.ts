import {
  cacheResponse,
  type LambdaEvent,
  type LambdaResult,
  toResponse,
} from "@algoitny/cache/lambda";
import type { Ask, Client, Got, Handle, Said, Seen, Subject } from "./http-subject.ts";

const HOST = "api.example.com";
type Lists = Record<string, string[]>;
type Singles = Record<string, string>;

/** A request as a gateway splits it. */
interface Parts extends Required<Omit<Ask, "headers" | "user" | "body">> {
  readonly path: string;
  readonly search: string;
  readonly headers: Lists;
  readonly query: Lists;
  readonly user: string | undefined;
  readonly body: string | undefined;
}

function partsOf({ method = "GET", url = "/", headers = [], user, body }: Ask): Parts {
  const [path = "", search = ""] = url.split(/\?(.*)/s);
  const query = search === "" ? [] : search.split("&").map((pair) => pair.split(/=(.*)/s));
  const lines = [["host", HOST], ...headers];
  return { method, url, path, search, headers: grouped(lines), query: grouped(query), user, body };
}

function grouped(pairs: readonly (readonly (string | undefined)[])[]): Lists {
  const lists: Lists = {};
  for (const [name = "", value = ""] of pairs) (lists[name] ??= []).push(value);
  return lists;
}

const mapped = <T>(lists: Lists, each: (values: string[]) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, each(values)]));
const last = (lists: Lists): Singles => mapped(lists, (values) => values.at(-1) ?? "");
const plain = (text: string) => decodeURIComponent(text.replaceAll("+", " "));
const decoded = (lists: Lists): Lists =>
  grouped(
    Object.entries(lists).flatMap(([name, values]) =>
      values.map((each) => [plain(name), plain(each)]),
    ),
  );
const orNull = <T extends object>(record: T) => (Object.keys(record).length > 0 ? record : null);

/** The parameters of the routes `/files/{name}` and `/files/{folder}/{name}`. */
function parametersOf(path: string): Singles | undefined {
  const [, root, first, second, ...more] = path.split("/");
  if (root !== "files" || first === undefined || more.length > 0) return undefined;
  return second === undefined
    ? { name: plain(first) }
    : { folder: plain(first), name: plain(second) };
}

/** Payload 2.0: of an HTTP API, which decodes the path, or of a function URL, which does not. */
function httpApiEvent(parts: Parts, isFunctionUrl: boolean): LambdaEvent {
  const { method, path, search, headers, user, body } = parts;
  const parameters = parametersOf(path);
  const event = {
    version: "2.0",
    routeKey: "$default",
    rawPath: isFunctionUrl ? path : plain(path),
    rawQueryString: search,
    headers: mapped(headers, (values) => values.join(",")),
    ...(!isFunctionUrl && parameters && { pathParameters: parameters }),
    requestContext: {
      http: { method, path },
      domainName: HOST,
      ...(user !== undefined && { authorizer: { jwt: { claims: { sub: user }, scopes: null } } }),
    },
    body,
    isBase64Encoded: false,
  };
  return event;
}

/** Payload 1.0, as REST APIs send it. */
function restEvent({ method, path, headers, query, user, body }: Parts): LambdaEvent {
  const event = {
    resource: "/{proxy+}",
    path: plain(path),
    httpMethod: method,
    headers: last(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(last(decoded(query))),
    multiValueQueryStringParameters: orNull(decoded(query)),
    pathParameters: parametersOf(path) ?? null,
    stageVariables: null,
    requestContext: {
      httpMethod: method,
      domainName: HOST,
      authorizer: user === undefined ? null : { claims: { sub: user } },
      identity: { sourceIp: "127.0.0.1", userArn: null },
    },
    body: body ?? null,
    isBase64Encoded: false,
  };
  return event;
}

/** A load balancer passes on the spelling that it received; a header identifies the users that it has authenticated. */
function albEvent(
  { method, path, headers, query, user, body }: Parts,
  takesLists: boolean,
): LambdaEvent {
  const own = user === undefined ? headers : { ...headers, "x-amzn-oidc-identity": [user] };
  const event = {
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:target" } },
    httpMethod: method,
    path,
    ...(takesLists
      ? { multiValueHeaders: own, multiValueQueryStringParameters: query }
      : { headers: last(own), queryStringParameters: last(query) }),
    body: body ?? "",
    isBase64Encoded: false,
  };
  return event;
}

/** The response that the gateway makes of a result. */
function gotOf(
  result: LambdaResult,
  { method, isLists }: { method: string; isLists: boolean },
): Got {
  const { statusCode, headers, multiValueHeaders = {}, cookies = [], body } = result;
  const sent = new Headers();
  if (!isLists) {
    for (const [name, value] of Object.entries(headers))
      if (!(name in multiValueHeaders)) sent.append(name, value);
  }
  for (const [name, values] of Object.entries(multiValueHeaders))
    for (const value of values) sent.append(name, value);
  for (const cookie of cookies) sent.append("set-cookie", cookie);
  if (typeof body !== "string") throw new TypeError("a body has to be a text");
  const bytes = Buffer.from(body, result.isBase64Encoded ? "base64" : "utf8");
  if (method === "HEAD" && bytes.length > 0) throw new Error("HEAD has a body");
  return { status: statusCode, headers: sent, body: bytes };
}

/** The request of an event, read as handlers read it. */
// oxlint-disable-next-line typescript/no-explicit-any -- as handlers in JavaScript read it
function seenIn(event: any): Seen {
  const isAlb = "elb" in event.requestContext;
  const lists: Lists | undefined = event.multiValueQueryStringParameters;
  const single: Singles = event.queryStringParameters ?? {};
  const pairs = Object.entries(lists ?? single).flatMap(([name, values]) =>
    [values]
      .flat()
      .map((value) => [name, value].map(isAlb ? String : encodeURIComponent).join("=")),
  );
  const { authorizer } = event.requestContext;
  const headers: Singles = event.headers ?? last(event.multiValueHeaders);
  return {
    method: event.httpMethod ?? event.requestContext.http.method,
    path: event.rawPath ?? event.path,
    query: event.rawQueryString ?? pairs.join("&"),
    headers,
    user: authorizer?.jwt?.claims.sub ?? authorizer?.claims?.sub ?? headers["x-amzn-oidc-identity"],
    body: event.body ?? "",
  };
}

/** A handler's result for a kind of event: repeated headers if the kind supports them, else joined ones. */
function resultOf(said: Said, { lists, cookies }: { lists: boolean; cookies: boolean }): unknown {
  const { status = 200, headers = {}, body } = said;
  const isBytes = body instanceof Uint8Array;
  const repeated = { ...headers, ...(said.cookies && { "set-cookie": said.cookies }) };
  const joined = Object.entries(cookies ? headers : repeated).map(([name, value]) => [
    name,
    Array.isArray(value) ? (name === "set-cookie" ? value.at(-1) : value.join(", ")) : value,
  ]);
  return {
    statusCode: status,
    ...(lists ? { multiValueHeaders: repeated } : { headers: Object.fromEntries(joined) }),
    ...(cookies && said.cookies && { cookies: said.cookies }),
    body: isBytes ? Buffer.from(body).toString("base64") : body,
    ...(isBytes && { isBase64Encoded: true }),
  };
}

function subject(
  name: string,
  toEvent: (parts: Parts) => LambdaEvent,
  form: { lists: boolean; cookies: boolean; lastOnly?: boolean; isLists?: boolean },
): Subject {
  const { lastOnly = false, isLists = false } = form;
  const client =
    (run: (event: LambdaEvent) => Promise<LambdaResult>): Client =>
    async (ask) => {
      const parts = partsOf(ask);
      return gotOf(await run(toEvent(parts)), { method: parts.method, isLists });
    };
  return {
    name,
    lastOnly,
    wrapped: async ({ users = false, ...options }, handle: Handle) => {
      const wrap = cacheResponse({ ...options, ...(users && { claims: ["sub"] }) });
      const cached = wrap<LambdaEvent, unknown>(async (event) =>
        resultOf(await handle(seenIn(event)), form),
      );
      return client((event) => cached(event, {}));
    },
    answered: async (options, read) =>
      client(async (event) => toResponse(event, await read(), options)),
  };
}

export const LAMBDA_SUBJECTS: readonly Subject[] = [
  subject("payload 2.0", (parts) => httpApiEvent(parts, false), { lists: false, cookies: true }),
  subject("a function URL", (parts) => httpApiEvent(parts, true), { lists: false, cookies: true }),
  subject("payload 1.0", restEvent, { lists: true, cookies: false }),
  subject("a load balancer", (parts) => albEvent(parts, false), {
    lists: false,
    cookies: false,
    lastOnly: true,
  }),
  subject("a load balancer with lists", (parts) => albEvent(parts, true), {
    lists: true,
    cookies: false,
    isLists: true,
  }),
];
