import type { ThrottleConfig } from "./gateway-throttle.ts";

/** Route of an HTTP API. */
export interface GatewayRoute {
  /** `GET /pets/{id}`, `ANY /pets/{proxy+}` or `$default`. */
  key: string;
  /** First argument of `invoke`. */
  target: string;
  /** True when the JWT authorizer protects the route. */
  authorized: boolean;
  /** Throttle of this route, in place of the account's. */
  throttle?: ThrottleConfig;
}

export interface RouteMatch {
  route: GatewayRoute;
  pathParameters: Record<string, string> | undefined;
}

/** Kinds of path segments, most specific first: the most specific route wins. */
const STATIC = 0;
const PARAMETER = 1;
const GREEDY = 2;

type Segment = { kind: typeof STATIC | typeof PARAMETER | typeof GREEDY; text: string };

interface CompiledRoute {
  route: GatewayRoute;
  method: string;
  segments: Segment[];
}

function compileSegment(text: string): Segment {
  const greedy = /^\{(.+)\+\}$/.exec(text);
  if (greedy) return { kind: GREEDY, text: greedy[1]! };
  const parameter = /^\{(.+)\}$/.exec(text);
  return parameter ? { kind: PARAMETER, text: parameter[1]! } : { kind: STATIC, text };
}

function compile(route: GatewayRoute): CompiledRoute {
  const [method = "", path = ""] = route.key.split(" ");
  return { route, method, segments: path.split("/").slice(1).map(compileSegment) };
}

/** Compares the first segments of different kinds; among routes of the same kinds a method precedes `ANY`. */
function bySpecificity(a: CompiledRoute, b: CompiledRoute): number {
  for (const [index, segment] of a.segments.entries()) {
    const other = b.segments[index];
    if (other && segment.kind !== other.kind) return segment.kind - other.kind;
  }
  return Number(a.method === "ANY") - Number(b.method === "ANY");
}

function matchSegments(segments: readonly Segment[], path: readonly string[]) {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = path[index];
    if (segment.kind === GREEDY) {
      const rest = path.slice(index).join("/");
      return rest === "" ? undefined : { ...parameters, [segment.text]: rest };
    }
    if (text === undefined || (segment.kind === STATIC && text !== segment.text)) return undefined;
    if (segment.kind === PARAMETER) {
      if (text === "") return undefined;
      parameters[segment.text] = text;
    }
  }
  return segments.length === path.length ? parameters : undefined;
}

/**
 * Decodes a request's path once, as a whole, and splits the result: API Gateway routes by the decoded path, so `a%2Fb` is two
 * segments, and the event's path does not show which spelling was sent. A decoded `?` ends the path. Returns `undefined` when
 * an escape is malformed: the gateway answers 400. docs/engines.md lists the sources.
 */
export function decodePath(rawPath: string): string[] | undefined {
  try {
    const [path = ""] = decodeURIComponent(rawPath).split("?");
    return path.split("/").slice(1);
  } catch {
    return undefined;
  }
}

/**
 * Selects routes as an HTTP API does: the most specific first, by the first segments of different kinds, `$default` last.
 * (AWS puts every full match before a greedy one; this API's one greedy route is the only route of its method, OPTIONS.)
 * `/pets` and `/pets/` are two paths. The returned function gives `undefined` when nothing matches and there is no `$default`.
 */
export function createRouteTable(routes: readonly GatewayRoute[]) {
  const fallback = routes.find(({ key }) => key === "$default");
  const compiled = routes.filter(({ key }) => key !== "$default").map(compile);

  return (method: string, path: readonly string[]): RouteMatch | undefined => {
    const matching = compiled.flatMap((candidate) => {
      if (candidate.method !== method && candidate.method !== "ANY") return [];
      const parameters = matchSegments(candidate.segments, path);
      return parameters ? [{ ...candidate, parameters }] : [];
    });
    // Compares only routes that match the same path: an order of all routes would depend on their order in the list.
    const [best] = matching.toSorted(bySpecificity);
    if (!best) return fallback && { route: fallback, pathParameters: undefined };
    const named = Object.keys(best.parameters).length > 0;
    return { route: best.route, pathParameters: named ? best.parameters : undefined };
  };
}

/** Method and path → route. */
export type RouteTable = ReturnType<typeof createRouteTable>;
