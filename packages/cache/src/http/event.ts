/** Header names and values; API Gateway sends names in lower case and joins repeated ones with commas. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** The part of an API Gateway v2 (HTTP API, payload 2.0) event that a response depends on. */
export interface HttpRequest {
  readonly headers: Headers;
  readonly requestContext: { readonly http: { readonly method: string } };
}

/** An API Gateway v2 structured result. */
export interface HttpResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: boolean;
  /** One Set-Cookie header each. */
  cookies?: string[];
}

/** The value of a header, whatever the case of its name; undefined when it is absent, "" when it is empty. */
export function headerOf(headers: Headers, name: string): string | undefined {
  if (headers[name] !== undefined) return headers[name];
  return Object.entries(headers).find(([other]) => other.toLowerCase() === name)?.[1];
}

/** Members of a comma-separated header, trimmed and in lower case. */
export function listOf(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== "");
}
