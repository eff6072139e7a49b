import { type Headers, headerOf, type HttpRequest } from "./event.ts";

/** The part of an API Gateway v2 event that a cached handler may be shown, or that tells whether it may be cached. */
export interface HttpEvent extends HttpRequest {
  readonly version?: string;
  readonly routeKey?: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly pathParameters?: Headers;
  readonly requestContext: {
    readonly http: { readonly method: string; readonly path?: string };
    readonly accountId?: string;
    readonly apiId?: string;
    readonly domainName?: string;
    readonly domainPrefix?: string;
    readonly stage?: string;
    readonly authorizer?: { readonly jwt?: { readonly claims: Readonly<Record<string, unknown>> } };
  };
}

/** Names of what a handler reads beside the path, and therefore of what its key is made of. */
export interface Declared {
  readonly query: readonly string[];
  readonly headers: readonly string[];
  readonly claims: readonly string[];
}

/** What a key covers of one request; an absent part is left out, so that it differs from an empty one. */
export interface Covered {
  readonly host: string;
  readonly path: string;
  /** What the gateway took from the path: one decoded path may have come from several spellings, with other values each. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, string>>;
}

/** Takes from a request what is declared; undefined when it is somebody's own and no declared claim says whose. */
export function cover(event: HttpEvent, declared: Declared): Covered | undefined {
  const { authorizer } = event.requestContext;
  const { pathParameters = {} } = event;
  const claims = pick(declared.claims, (name) => claimText(authorizer?.jwt?.claims[name]));
  const authenticated =
    Boolean(authorizer) || headerOf(event.headers, "authorization") !== undefined;
  if (authenticated && claims["sub"] === undefined) return undefined;
  return {
    ...uriOf(event),
    parameters: pick(Object.keys(pathParameters).toSorted(), (name) => pathParameters[name]),
    query: declaredQuery(event.rawQueryString, declared.query),
    headers: pick(declared.headers, (name) => headerOf(event.headers, name)),
    claims,
  };
}

/** What a request is for, whatever its query and headers. */
export function uriOf(event: HttpEvent): Pick<Covered, "host" | "path"> {
  const host = event.requestContext.domainName ?? headerOf(event.headers, "host") ?? "";
  return { host, path: event.rawPath };
}

/** What the entry's key is made of, in the order in which it is read; GET and HEAD share it. */
export function coveredKey({
  host,
  path,
  parameters,
  query,
  headers,
  claims,
}: Covered): readonly string[] {
  const parts = {
    host,
    path,
    ...prefixed("parameter", parameters),
    ...(query.length > 0 && { query: queryString(query) }),
    ...prefixed("header", headers),
    ...prefixed("claim", claims),
  };
  return Object.entries(parts).flat();
}

/** The request as a GET that holds nothing but what is covered and what is the same for every request of the API. */
export function coveredEvent<Event extends HttpEvent>(event: Event, covered: Covered): Event {
  const { accountId, apiId, domainPrefix, stage } = event.requestContext;
  const routeKey = event.routeKey?.replace(/^HEAD /, "GET ");
  const narrowed = {
    version: event.version,
    routeKey,
    rawPath: covered.path,
    rawQueryString: queryString(covered.query),
    headers: covered.headers,
    ...(covered.query.length > 0 && { queryStringParameters: joined(covered.query) }),
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
  // An event of the same kind, with less in it.
  return narrowed as unknown as Event;
}

/** Declared parameters sorted by name; the values of one name keep their order, because it may mean something. */
function declaredQuery(rawQueryString: string, names: readonly string[]): Covered["query"] {
  const given = new URLSearchParams(rawQueryString);
  return names
    .toSorted()
    .flatMap((name) => given.getAll(name).map((value) => [name, value] as const));
}

function queryString(query: Covered["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of query) parameters.append(name, value);
  return parameters.toString();
}

/** As API Gateway does: the values of one name joined by commas. */
function joined(query: Covered["query"]): Record<string, string> {
  const groups = Object.groupBy(query, ([name]) => name);
  return Object.fromEntries(
    Object.entries(groups).map(([name, pairs = []]) => [
      name,
      pairs.map(([, value]) => value).join(","),
    ]),
  );
}

function claimText(claim: unknown): string | undefined {
  if (claim === undefined || claim === null) return undefined;
  return typeof claim === "string" ? claim : JSON.stringify(claim);
}

function pick(
  names: readonly string[],
  read: (name: string) => string | undefined,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = read(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function prefixed(
  prefix: string,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]),
  );
}
