import { type Covered, type Inquiry, queryString } from "../http/covered.ts";
import {
  askedOf,
  type HttpApiEvent,
  isHttpApi,
  type LambdaEvent,
  type ProxyEvent,
} from "./lambda-event.ts";
import { isAlb } from "./proxy-event.ts";

/** What the sender of an event has verified of who asks, and where it says so. */
interface ProxyContext {
  readonly [name: string]: unknown;
  readonly domainName?: string;
  readonly authorizer?: { readonly claims?: Readonly<Record<string, unknown>> } | null;
  readonly identity?: { readonly userArn?: string | null } | null;
}

/** Reads an event of any kind. */
export async function inquire(event: LambdaEvent): Promise<Inquiry> {
  const asked = await askedOf(event);
  const isOwn = asked.header("authorization") !== undefined;
  if (isHttpApi(event)) {
    const { rawPath, rawQueryString, pathParameters, requestContext } = event;
    const { authorizer, domainName } = requestContext;
    return {
      ...asked,
      host: domainName ?? asked.header("host") ?? "",
      path: rawPath,
      parameters: pathParameters ?? {},
      query: rawQueryString,
      claims: authorizer?.jwt?.claims ?? {},
      hasCredentials: isOwn || Boolean(authorizer),
    };
  }
  const { path, pathParameters } = event;
  const { domainName, authorizer, identity } = event.requestContext as ProxyContext;
  // A load balancer that signs users in says who they are in a header of its own.
  const isSignedIn =
    Boolean(identity?.userArn) || asked.header("x-amzn-oidc-identity") !== undefined;
  return {
    ...asked,
    host: domainName ?? asked.header("host") ?? "",
    path,
    parameters: pathParameters ?? {},
    query: queryOf(event),
    claims: authorizer?.claims ?? {},
    hasCredentials: isOwn || isSignedIn || Boolean(authorizer),
  };
}

/** The query as the client may have written it. */
function queryOf(event: ProxyEvent): string {
  const { queryStringParameters: single, multiValueQueryStringParameters: lists } = event;
  const write = isAlb(event) ? String : encodeURIComponent;
  return Object.entries(lists ?? single ?? {})
    .flatMap(([name, values]) => [values ?? []].flat().map((value) => [name, value].map(write)))
    .map((pair) => pair.join("="))
    .join("&");
}

/** The request as a GET that holds nothing but what is covered and what is the same for every request of the API. */
export function narrow(event: LambdaEvent, covered: Covered): LambdaEvent {
  return isHttpApi(event) ? narrowHttpApi(event, covered) : narrowProxy(event, covered);
}

function narrowHttpApi(event: HttpApiEvent, covered: Covered): HttpApiEvent {
  const { accountId, apiId, domainPrefix, stage } = event.requestContext;
  const routeKey = event.routeKey?.replace(/^HEAD /, "GET ");
  // An event of the same kind, with less in it.
  const narrowed = {
    version: event.version,
    routeKey,
    rawPath: covered.path,
    rawQueryString: queryString(covered.query),
    headers: covered.headers,
    // As API Gateway does: the values of one name joined by commas.
    ...(covered.query.length > 0 && {
      queryStringParameters: valuesOf(covered.query, (all) => all.join(",")),
    }),
    ...(event.pathParameters && { pathParameters: covered.parameters }),
    requestContext: {
      accountId,
      apiId,
      domainName: covered.host,
      domainPrefix,
      stage,
      routeKey,
      // Typed handlers count on these; they differ with every request, so they are blank.
      requestId: "",
      time: "",
      timeEpoch: 0,
      http: {
        method: "GET",
        path: covered.path,
        protocol: "HTTP/1.1",
        sourceIp: "",
        userAgent: "",
      },
      ...(covered.claims["sub"] !== undefined && {
        authorizer: { jwt: { claims: covered.claims, scopes: null } },
      }),
    },
    isBase64Encoded: false,
  };
  return narrowed;
}

function narrowProxy(event: ProxyEvent, covered: Covered): ProxyEvent {
  const ofAlb = isAlb(event);
  const write = ofAlb ? encodeURIComponent : String;
  const isEmpty = covered.query.length === 0 && !ofAlb;
  const written = covered.query.map(([name, value]) => [write(name), write(value)] as const);
  // One value a name is the last one, as with headers.
  const single = isEmpty ? null : valuesOf(written, (all) => all.at(-1));
  const all = isEmpty ? null : valuesOf(written, (values) => values);
  const lists = Object.entries(covered.headers).map(([name, value]) => [name, [value]]);
  const { elb, accountId, apiId, domainPrefix, stage, resourceId, resourcePath, protocol } =
    event.requestContext as ProxyContext;
  const common = {
    httpMethod: "GET",
    path: covered.path,
    ...(event.headers !== undefined && { headers: covered.headers }),
    ...(event.multiValueHeaders && { multiValueHeaders: Object.fromEntries(lists) }),
    ...(event.queryStringParameters !== undefined && { queryStringParameters: single }),
    ...(event.multiValueQueryStringParameters !== undefined && {
      multiValueQueryStringParameters: all,
    }),
    isBase64Encoded: false,
  };
  const narrowedAlb = { ...common, requestContext: { elb }, body: "" };
  if (ofAlb) return narrowedAlb;
  const narrowed = {
    version: event.version,
    resource: event.resource,
    ...common,
    pathParameters: event.pathParameters ? covered.parameters : null,
    stageVariables: null,
    requestContext: {
      accountId,
      apiId,
      domainName: covered.host,
      domainPrefix,
      stage,
      resourceId,
      resourcePath,
      protocol,
      path: covered.path,
      httpMethod: "GET",
      requestId: "",
      requestTime: "",
      requestTimeEpoch: 0,
      identity: { sourceIp: "", userAgent: "" },
      ...(covered.claims["sub"] !== undefined && { authorizer: { claims: covered.claims } }),
    },
    body: null,
  };
  return narrowed;
}

/** The values of each parameter, put together. */
function valuesOf<T>(
  query: Covered["query"],
  join: (values: readonly string[]) => T,
): Record<string, T> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of query) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries([...groups].map(([name, values]) => [name, join(values)]));
}
