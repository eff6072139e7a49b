import { type KeyParts, type Inquiry, queryString } from "../http/key-parts.ts";
import {
  askedOf,
  type HttpApiEvent,
  isHttpApi,
  type LambdaEvent,
  type ProxyEvent,
} from "./lambda-event.ts";
import { isAlb } from "./proxy-event.ts";

/** Request context of a REST API or a load balancer: its host, and the verified identity of the caller. */
interface ProxyContext {
  readonly [name: string]: unknown;
  readonly domainName?: string;
  readonly authorizer?: { readonly claims?: Readonly<Record<string, unknown>> } | null;
  readonly identity?: { readonly userArn?: string | null } | null;
}

/** The parts of an event of any kind that the cache needs. */
export async function inquire(event: LambdaEvent): Promise<Inquiry> {
  const asked = await askedOf(event);
  const hasAuthorization = asked.header("authorization") !== undefined;
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
      hasCredentials: hasAuthorization || Boolean(authorizer),
    };
  }
  const { path, pathParameters } = event;
  const { domainName, authorizer, identity } = event.requestContext as ProxyContext;
  // A load balancer that signs users in names them in a separate header.
  const isSignedIn =
    Boolean(identity?.userArn) || asked.header("x-amzn-oidc-identity") !== undefined;
  return {
    ...asked,
    host: domainName ?? asked.header("host") ?? "",
    path,
    parameters: pathParameters ?? {},
    query: queryOf(event),
    claims: authorizer?.claims ?? {},
    hasCredentials: hasAuthorization || isSignedIn || Boolean(authorizer),
  };
}

/** The query as one text; the client may have encoded it in another way. */
function queryOf(event: ProxyEvent): string {
  const { queryStringParameters: single, multiValueQueryStringParameters: lists } = event;
  const write = isAlb(event) ? String : encodeURIComponent;
  return Object.entries(lists ?? single ?? {})
    .flatMap(([name, values]) => [values ?? []].flat().map((value) => [name, value].map(write)))
    .map((pair) => pair.join("="))
    .join("&");
}

/** The request as a GET with only the parts of its key and what is the same for every request of the API. */
export function narrow(event: LambdaEvent, keyParts: KeyParts): LambdaEvent {
  return isHttpApi(event) ? narrowHttpApi(event, keyParts) : narrowProxy(event, keyParts);
}

function narrowHttpApi(event: HttpApiEvent, keyParts: KeyParts): HttpApiEvent {
  const { accountId, apiId, domainPrefix, stage } = event.requestContext;
  const routeKey = event.routeKey?.replace(/^HEAD /, "GET ");
  // An event of the same kind, with fewer fields.
  const narrowed = {
    version: event.version,
    routeKey,
    rawPath: keyParts.path,
    rawQueryString: queryString(keyParts.query),
    headers: keyParts.headers,
    // As API Gateway does: the values of one name joined by commas.
    ...(keyParts.query.length > 0 && {
      queryStringParameters: valuesOf(keyParts.query, (all) => all.join(",")),
    }),
    ...(event.pathParameters && { pathParameters: keyParts.parameters }),
    requestContext: {
      accountId,
      apiId,
      domainName: keyParts.host,
      domainPrefix,
      stage,
      routeKey,
      // Typed handlers rely on these fields; they differ with every request, so they are blank.
      requestId: "",
      time: "",
      timeEpoch: 0,
      http: {
        method: "GET",
        path: keyParts.path,
        protocol: "HTTP/1.1",
        sourceIp: "",
        userAgent: "",
      },
      ...(keyParts.claims["sub"] !== undefined && {
        authorizer: { jwt: { claims: keyParts.claims, scopes: null } },
      }),
    },
    isBase64Encoded: false,
  };
  return narrowed;
}

function narrowProxy(event: ProxyEvent, keyParts: KeyParts): ProxyEvent {
  const ofAlb = isAlb(event);
  const write = ofAlb ? encodeURIComponent : String;
  const isEmpty = keyParts.query.length === 0 && !ofAlb;
  const written = keyParts.query.map(([name, value]) => [write(name), write(value)] as const);
  // As in an event: `queryStringParameters` has only the last value of a repeated name.
  const single = isEmpty ? null : valuesOf(written, (values) => values.at(-1));
  const all = isEmpty ? null : valuesOf(written, (values) => values);
  const lists = Object.entries(keyParts.headers).map(([name, value]) => [name, [value]]);
  const { elb, accountId, apiId, domainPrefix, stage, resourceId, resourcePath, protocol } =
    event.requestContext as ProxyContext;
  const common = {
    httpMethod: "GET",
    path: keyParts.path,
    ...(event.headers !== undefined && { headers: keyParts.headers }),
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
    pathParameters: event.pathParameters ? keyParts.parameters : null,
    stageVariables: null,
    requestContext: {
      accountId,
      apiId,
      domainName: keyParts.host,
      domainPrefix,
      stage,
      resourceId,
      resourcePath,
      protocol,
      path: keyParts.path,
      httpMethod: "GET",
      requestId: "",
      requestTime: "",
      requestTimeEpoch: 0,
      identity: { sourceIp: "", userAgent: "" },
      ...(keyParts.claims["sub"] !== undefined && { authorizer: { claims: keyParts.claims } }),
    },
    body: null,
  };
  return narrowed;
}

/** The values of each parameter, combined by `join`. */
function valuesOf<T>(
  query: KeyParts["query"],
  join: (values: readonly string[]) => T,
): Record<string, T> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of query) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries([...groups].map(([name, values]) => [name, join(values)]));
}
