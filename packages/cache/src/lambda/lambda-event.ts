import { type Asked, type Fields, headerOf } from "../http/fields.ts";

export type Values = Readonly<Record<string, readonly string[] | undefined>>;

/** Fields of an event of an HTTP API (payload 2.0) or a function URL that the adapter reads. */
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

/** Fields of an event of a REST API (payload 1.0) or an Application Load Balancer that the adapter reads. */
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

/** True for an event of an HTTP API or a function URL; the code for other kinds of events is loaded on first use. */
export function isHttpApi(event: LambdaEvent): event is HttpApiEvent {
  const { requestContext = {} } = (event ?? {}) as Partial<LambdaEvent>;
  return "http" in requestContext;
}

export async function askedOf(event: LambdaEvent): Promise<Asked> {
  if (!isHttpApi(event)) return (await import("./proxy-event.ts")).askedOfProxy(event);
  const { headers, requestContext } = event;
  return { method: requestContext.http.method, header: (name) => headerOf(headers, name) };
}
