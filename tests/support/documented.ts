import { buildDocument } from "@algoitny/functions/openapi/api-document";
import { Ajv2020 } from "ajv/dist/2020.js";

/** One answer as a client received it; the body is empty if there is none. */
export interface SeenAnswer {
  method: string;
  /** Path and query. */
  path: string;
  status: number;
  headers: Headers;
  body: string;
}

interface DocumentedAnswer {
  headers?: Record<string, { required?: boolean; schema: { pattern?: string } }>;
  content?: Record<string, unknown>;
}

const BASE = "/api";
const ID = "openapi";

const document = buildDocument();
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(document, ID);

const templates = Object.keys(document.paths)
  .map((template) => ({ template, pattern: patternOf(template) }))
  // A literal segment precedes a parameter, as in the gateway.
  .toSorted((a, b) => a.template.split("{").length - b.template.split("{").length);

/**
 * Throws unless the document describes the answer: its status, each required header, its media type and its body. Paths
 * and methods outside the document are not checked.
 */
export function requireDocumented(seen: SeenAnswer): void {
  const { status, headers, body } = seen;
  const method = seen.method === "HEAD" ? "get" : seen.method.toLowerCase();
  const [path = ""] = seen.path.split("?");
  const template = templates.find(({ pattern }) => pattern.test(path))?.template;
  const operation = template === undefined ? undefined : document.paths[template]?.[method];
  if (template === undefined || operation === undefined) return;
  const pointer = ["paths", template, method, "responses", String(status)];
  const fail = (why: string) => {
    throw new Error(`${seen.method} ${seen.path} answered ${status}: ${why}\n${body}`);
  };
  const answer = lookUp(pointer);
  if (answer === undefined) return fail("the document has no such status");
  checkHeaders(answer.found, headers, fail);
  if (body === "") return undefined;
  const [type = "none"] = headers.get("content-type")?.split(";") ?? [];
  if (answer.found.content?.[type] === undefined) return fail(`the document has no ${type}`);
  const check = ajv.getSchema(`${ID}#${toPointer([...answer.pointer, "content", type, "schema"])}`);
  if (check === undefined) return fail("the document has no schema for it");
  if (!check(type === "text/html" ? body : JSON.parse(body)))
    return fail(ajv.errorsText(check.errors));
}

function checkHeaders(
  { headers = {} }: DocumentedAnswer,
  sent: Headers,
  fail: (why: string) => void,
) {
  for (const [name, { required = false, schema }] of Object.entries(headers)) {
    const value = sent.get(name);
    if (value === null && required) fail(`${name} is missing`);
    if (value !== null && schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
      fail(`${name} is ${value}`);
  }
}

/** The answer at a pointer, and its location: a reference leads to a component. */
function lookUp(
  pointer: readonly string[],
): { found: DocumentedAnswer; pointer: string[] } | undefined {
  const found = at(pointer) as (DocumentedAnswer & { $ref?: string }) | undefined;
  if (found === undefined) return undefined;
  if (found.$ref === undefined) return { found, pointer: [...pointer] };
  const target = found.$ref.replace("#/", "").split("/");
  return { found: at(target) as DocumentedAnswer, pointer: target };
}

function at(pointer: readonly string[]): unknown {
  return pointer.reduce<unknown>((value, name) => Object(value)[name], document);
}

const toPointer = (names: readonly string[]) =>
  names
    .map((name) => `/${encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))}`)
    .join("");

function patternOf(template: string): RegExp {
  const path = `${BASE}${template}`.replace(/\/$/, "").replaceAll(".", "\\.");
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}/?$`);
}
