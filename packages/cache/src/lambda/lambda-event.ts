import { type Asked, type Fields, headerOf } from "../http/fields.ts";

type Values = Readonly<Record<string, readonly string[] | undefined>>;

/** The parts that are read of an event of an HTTP API (payload 2.0) or a function URL. */
export interface HttpApiEvent {
  readonly version?: string | undefined;
  readonly routeKey?: string | undefined;
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** Names in lower case; repeated headers are joined by commas. */
  readonly headers: Fields;
  /** The values of one name are joined by commas. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null | undefined;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null | undefined;
  readonly requestContext: {
    readonly http: { readonly method: string; readonly path?: string };
    readonly accountId?: string | undefined;
    readonly apiId?: string | undefined;
    readonly domainName?: string | undefined;
    readonly domainPrefix?: string | undefined;
    readonly stage?: string | undefined;
    readonly authorizer?: {
      readonly jwt?: { readonly claims?: Readonly<Record<string, unknown>> } | undefined;
    };
  };
}

/** The parts that are read of an event of a REST API (payload 1.0) or of an Application Load Balancer. */
export interface ProxyEvent {
  readonly version?: string | undefined;
  readonly resource?: string | undefined;
  readonly httpMethod: string;
  readonly path: string;
  readonly headers?: Fields | null | undefined;
  readonly multiValueHeaders?: Values | null | undefined;
  /** A load balancer passes the values on as the client has encoded them; API Gateway has decoded them. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null | undefined;
  readonly multiValueQueryStringParameters?: Values | null | undefined;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null | undefined;
  readonly requestContext: object;
}

export type LambdaEvent = HttpApiEvent | ProxyEvent;

/** The kinds of events that HTTP reaches a function with. */
export type Kind = "http-api" | "rest" | "alb";

/** Throws a TypeError for an event of none of the kinds, such as a Request or one of a queue. */
export function kindOf(event: LambdaEvent): Kind {
  const context: unknown = (event as Partial<LambdaEvent> | undefined)?.requestContext;
  if (typeof context === "object" && context !== null) {
    if ("http" in context) return "http-api";
    if ("elb" in context) return "alb";
    if ("httpMethod" in event) return "rest";
  }
  throw new TypeError(
    "not an event of API Gateway (1.0 or 2.0), a load balancer or a function URL: for a Request use @algoitny/cache/http",
  );
}

/** Whether a load balancer is set to send and take each header as a list; it then reads no others. */
export function takesLists(event: LambdaEvent): boolean {
  return kindOf(event) === "alb" && Boolean((event as ProxyEvent).multiValueHeaders);
}

export function askedOf(event: LambdaEvent): Asked {
  if (kindOf(event) === "http-api") {
    const { headers, requestContext } = event as HttpApiEvent;
    return { method: requestContext.http.method, header: (name) => headerOf(headers, name) };
  }
  const { httpMethod, headers, multiValueHeaders } = event as ProxyEvent;
  // `headers` has the last of repeated ones alone.
  const joined = multiValueHeaders && joinedValues(multiValueHeaders);
  return { method: httpMethod, header: (name) => headerOf(joined ?? headers ?? {}, name) };
}

/** Lists of values by header, as one text each (RFC 9110 §5.3). */
export function joinedValues(lists: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(lists).map(([name, values = []]) => [name, values.join(", ")]),
  );
}
