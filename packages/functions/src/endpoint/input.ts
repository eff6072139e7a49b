import { z } from "zod";
import type { HttpEvent } from "./event.ts";
import { badRequest, type FieldError } from "./http-error.ts";

/** What a request must look like; a part without a schema is not looked at. */
export interface Shape<Path, Query, Body> {
  path?: z.ZodType<Path>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
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
  const part = <T>(
    name: string,
    schema: z.ZodType<T> | undefined,
    read: () => unknown,
  ): T | undefined => {
    if (!schema) return undefined;
    try {
      const result = schema.safeParse(read());
      if (result.success) return result.data;
      errors.push(...result.error.issues.flatMap((issue) => fieldErrors(name, issue)));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      errors.push({ path: name, message: error.message });
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

function fieldErrors(part: string, issue: z.core.$ZodIssue): FieldError[] {
  const at = (path: readonly PropertyKey[]) => path.map(String).join(".") || part;
  return issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => ({
        path: at([...issue.path, key]),
        message: "is not a field of this request",
      }))
    : [{ path: at(issue.path), message: issue.message }];
}

/**
 * The query as it was sent: one text a parameter, a list where it was repeated. An empty one is one not given, as
 * existing clients send `?platform=` for "any". API Gateway's own map joins repetitions with commas, which loses them.
 */
function queryOf(rawQueryString: string): Record<string, string | string[]> {
  try {
    decodeURIComponent(rawQueryString);
  } catch (error) {
    throw new RangeError("is not percent-encoded UTF-8: encode `%` as `%25`", { cause: error });
  }
  const values = Map.groupBy(new URLSearchParams(rawQueryString), ([name]) => name);
  const parameters: Record<string, string | string[]> = {};
  for (const [name, pairs] of values) {
    const texts = pairs.map(([, text]) => text);
    if (texts.length > 1) parameters[name] = texts;
    else if (texts[0]) parameters[name] = texts[0];
  }
  return parameters;
}

function bodyOf(event: HttpEvent): unknown {
  const type = event.headers["content-type"];
  if (type !== undefined && !/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(type.trim())) {
    throw new RangeError("must be sent with `Content-Type: application/json`");
  }
  const text = event.isBase64Encoded ? utf8(event.body ?? "") : (event.body ?? "");
  if (text.trim() === "") throw new RangeError("is empty: send a JSON value");
  try {
    return JSON.parse(text, wellFormed);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new RangeError("is not valid JSON", { cause: error });
  }
}

function utf8(base64: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(base64, "base64"));
  } catch (error) {
    throw new RangeError("is not valid UTF-8", { cause: error });
  }
}

/** Half a surrogate pair cannot be stored: it would come back as another character. */
function wellFormed(key: string, value: unknown): unknown {
  if (!key.isWellFormed() || (typeof value === "string" && !value.isWellFormed())) {
    throw new RangeError("has text that is not valid Unicode (half of a surrogate pair)");
  }
  return value;
}

/** A whole number in its one spelling: `7`, never `07`, `+7`, `7.0` or `7e0`. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  return z
    .string({ error: "give it once" })
    .regex(/^(0|[1-9]\d{0,15})$/, `write a whole number from ${min} to ${max}, digits only`)
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
}

/** A numeric id in a path. */
export const Id = wholeNumber(1, Number.MAX_SAFE_INTEGER);

/** A text of the query; a repeated parameter is an error. */
export const Text = z.string({ error: "give it once" });
