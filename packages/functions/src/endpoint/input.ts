import type { core } from "zod/mini";
import type { HttpEvent } from "./http-event.ts";
import { badRequest, type FieldError, HttpError } from "./http-error.ts";

type Issue = core.$ZodIssue;

/** A schema of zod or zod/mini. */
export interface Schema<Output> extends core.$ZodType<Output> {
  safeParse(data: unknown): core.util.SafeParseResult<Output>;
}

/** Schemas of a request's parts; a part without a schema is not read. */
export interface Shape<Path, Query, Body> {
  path?: Schema<Path>;
  query?: Schema<Query>;
  body?: Schema<Body>;
}

export interface Input<Path, Query, Body> {
  path: Path;
  query: Query;
  body: Body;
}

/** Checks path, query and body; throws a 400 that names every bad field of all three. */
export function parseInput<Path, Query, Body>(
  event: HttpEvent,
  shape: Shape<Path, Query, Body>,
): Input<Path, Query, Body> {
  const errors: FieldError[] = [];
  const part = <T>(name: string, schema: Schema<T> | undefined, read: () => unknown) => {
    if (!schema) return undefined;
    try {
      return parseValue(name, schema, read());
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      errors.push(...(error.errors ?? []));
    }
    return undefined;
  };
  const input = {
    path: part("path", shape.path, () => event.pathParameters ?? {}),
    query: part("query", shape.query, () => queryOf(event.rawQueryString)),
    body: part("body", shape.body, () => bodyOf(event)),
  };
  if (errors.length > 0) throw badRequest(errors);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each part with a schema has passed it here
  return input as Input<Path, Query, Body>;
}

/** Checks one value; throws a 400 that names every bad field. `name` is the name of the whole value. */
export function parseValue<T>(name: string, schema: Schema<T>, given: unknown): T {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw badRequest(fieldErrors(name, given, result.error.issues));
}

function fieldErrors(part: string, given: unknown, issues: readonly Issue[]): FieldError[] {
  const nameOf = (path: readonly PropertyKey[]) => path.map(String).join(".") || part;
  return issues.flatMap(withoutUnions).flatMap((issue) => {
    const { path, message, code } = issue;
    if (code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: nameOf([...path, key]),
        message: "unknown field",
      }));
    }
    const { values = [] } = issue.code === "invalid_value" ? issue : {};
    const remedy = values.length > 1 ? `write one of ${values.join(", ")}` : message;
    const repeated = part === "query" && Array.isArray(Object(given)[String(path[0])]);
    return [{ path: nameOf(path), message: repeated ? "must appear only once" : remedy }];
  });
}

/** Issues of the union member that the input matches best, instead of those of all members. */
function withoutUnions(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  const shapes = issue.errors.map((issues) => issues.flatMap(withoutUnions));
  const closest = shapes.toSorted((a, b) => closeness(b) - closeness(a))[0] ?? [];
  return closest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** The deeper the first issue, the better the match; a value of the right type matches better than one of another. */
function closeness([first]: readonly Issue[]): number {
  return first ? first.path.length * 2 + (first.code === "invalid_type" ? 0 : 1) : 0;
}

/**
 * The query as it was sent: a text for each parameter, or a list if it was repeated. An empty one counts as absent,
 * because existing clients send `?platform=` for "any". API Gateway's own map joins repetitions with commas, which loses
 * information.
 */
function queryOf(rawQueryString: string): Record<string, string | string[]> {
  try {
    decodeURIComponent(rawQueryString);
  } catch {
    throw unreadable("query", "is not percent-encoded UTF-8: write `%` as `%25`");
  }
  const values = Map.groupBy(new URLSearchParams(rawQueryString), ([name]) => name);
  const parameters: Record<string, string | string[]> = {};
  for (const [name, repetitions] of values) {
    const texts = repetitions.map(([, text]) => text);
    if (texts.length > 1) parameters[name] = texts;
    else if (texts[0]) parameters[name] = texts[0];
  }
  return parameters;
}

function bodyOf(event: HttpEvent): unknown {
  const type = event.headers["content-type"]?.trim() ?? "application/json";
  if (!/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(type)) {
    throw unreadable("body", "must be sent with `Content-Type: application/json`");
  }
  const text = textOf(event);
  if (text.trim() === "") throw unreadable("body", "is empty: send a JSON value");
  const value = parsed(text);
  if (isDeeper(value, NESTING_LIMIT)) throw unreadable("body", TOO_DEEP);
  return value;
}

/**
 * Highest nesting of lists and objects in a body: code that walks over the body, now or when the stored value is read,
 * must not exhaust its stack.
 */
export const NESTING_LIMIT = 100;
export const TOO_DEEP = `is nested too deeply: ${NESTING_LIMIT} levels are allowed`;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, wellFormed);
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw unreadable("body", error instanceof RangeError ? TOO_DEEP : "is not valid JSON");
  }
}

export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** The body as text; throws a 400 for one that is not UTF-8. */
export function textOf({ body = "", isBase64Encoded }: HttpEvent): string {
  return isBase64Encoded ? utf8(body) : body;
}

function utf8(base64: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(base64, "base64"));
  } catch {
    throw unreadable("body", "is not valid UTF-8");
  }
}

export const HALF_PAIR = "has text that is not valid Unicode (half of a surrogate pair)";

/** Half a surrogate pair cannot be stored: it would be returned as another character. */
function wellFormed(key: string, value: unknown): unknown {
  if (key.isWellFormed() && (typeof value !== "string" || value.isWellFormed())) return value;
  throw unreadable("body", HALF_PAIR);
}

function unreadable(path: string, message: string): HttpError {
  return badRequest([{ path, message }]);
}
