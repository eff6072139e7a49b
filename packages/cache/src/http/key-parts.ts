import type { Asked } from "./fields.ts";

/** Parts of a request that a cached handler may read, or that decide if its response may be cached. */
export interface Inquiry extends Asked {
  readonly host: string;
  readonly path: string;
  /** Path parameters that the server extracted. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** The query as a client writes it, without "?". */
  readonly query: string;
  /** Verified claims of the caller. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** True for a request with credentials, verified or not. */
  readonly hasCredentials: boolean;
}

/** Names of the parts that a handler reads in addition to host, path and path parameters; the key covers all of them. */
export interface Declared {
  readonly query: readonly string[];
  readonly headers: readonly string[];
  readonly claims: readonly string[];
}

/** Parts of the key of one request; an absent part is left out, so that it differs from an empty one. */
export interface KeyParts {
  readonly host: string;
  readonly path: string;
  /** Path parameters of the gateway: several spellings with different parameters may give the same decoded path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, string>>;
}

/**
 * Extracts the declared key parts. Returns undefined for a request with credentials whose user is not part of the key.
 */
export function keyPartsOf(inquiry: Inquiry, declared: Declared): KeyParts | undefined {
  const { host, path, parameters, header } = inquiry;
  const claims = pick(declared.claims, (name) => claimText(inquiry.claims[name]));
  if (inquiry.hasCredentials && claims["sub"] === undefined) return undefined;
  return {
    host,
    path,
    parameters: pick(Object.keys(parameters).toSorted(), (name) => parameters[name]),
    query: declaredQuery(inquiry.query, declared.query),
    headers: pick(declared.headers, header),
    claims,
  };
}

/** The key as a list of the parts' names and values, host and path first; GET and HEAD share one key. */
export function keyOfParts({
  host,
  path,
  parameters,
  query,
  headers,
  claims,
}: KeyParts): readonly string[] {
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

/** Declared parameters sorted by name; the values of one name keep their order, because the order may matter. */
function declaredQuery(text: string, names: readonly string[]): KeyParts["query"] {
  const given = new URLSearchParams(text);
  return names
    .toSorted()
    .flatMap((name) => given.getAll(name).map((value) => [name, value] as const));
}

/** The query that the handler gets, without "?". */
export function queryString(query: KeyParts["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of query) parameters.append(name, value);
  return parameters.toString();
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
