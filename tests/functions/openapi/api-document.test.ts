import { readFileSync } from "node:fs";
import { type Route, routes } from "@algoitny/functions/deployment/routes";
import * as history from "@algoitny/functions/contract/history-shapes";
import * as cacheOperations from "@algoitny/functions/contract/operation-shapes";
import * as problem from "@algoitny/functions/contract/problem-shapes";
import * as testCase from "@algoitny/functions/contract/test-case-shapes";
import { buildDocument } from "@algoitny/functions/openapi/api-document";
import { createConverter } from "@algoitny/functions/openapi/json-schema";
import { operations } from "@algoitny/functions/openapi/documented-operations";
import * as z from "zod";
import { describe, expect, test } from "vitest";

interface DocumentedOperation {
  operationId: string;
  description: string;
  security: unknown[];
  parameters: { name?: string; in?: string; required?: boolean; schema?: object; $ref?: string }[];
  responses: Record<string, unknown>;
}

const document = buildDocument();
const documented = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item as Record<string, DocumentedOperation>).map(([method, operation]) => ({
    route: `${method.toUpperCase()} /api${path.replace(/\/?$/, "/")}`,
    operation,
  })),
);
const operationOf = (route: string) =>
  documented.find((each) => each.route === route)?.operation as DocumentedOperation;

/** Every object in the document, with its path. */
function* objects(value: unknown, path = "#"): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [path, value as Record<string, unknown>];
  for (const [name, inner] of Object.entries(value)) yield* objects(inner, `${path}/${name}`);
}

/** GraphQL has a separate schema. */
const documentedEntries = Object.entries(routes).filter(([route]) => !route.includes("/graphql/"));
const documentedRoutes = documentedEntries.map(([route]) => route);

describe("the document", () => {
  test("has every route of the table once, each with a name", () => {
    expect(documented.map(({ route }) => route).toSorted()).toEqual(documentedRoutes.toSorted());
    expect(new Set(documented.map(({ operation }) => operation.operationId)).size).toBe(
      documented.length,
    );
  });

  test("has no reference to a missing schema", () => {
    const references = [...objects(document)].flatMap(([, { $ref }]) =>
      typeof $ref === "string" ? $ref : [],
    );
    const missing = references.filter((reference) => {
      const names = reference.replace("#/", "").split("/");
      return names.reduce<unknown>((value, name) => Object(value)[name], document) === undefined;
    });
    expect(references.length).toBeGreaterThan(100);
    expect(missing).toEqual([]);
  });

  test("describes every part of a request and of an answer, except those that may be any JSON", () => {
    const silent = [...objects(document)]
      .filter(([path]) => /\/(schema|items|anyOf\/\d+|properties\/\w+)$/.test(path))
      .filter(([, schema]) =>
        Object.keys(schema).every((name) => /^(description|default|id)$/.test(name)),
      );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test.each(documentedEntries)(
    "states whether %s needs a token, and whose",
    (route, { auth }: Route) => {
      const { security, description, responses } = operationOf(route);
      const fixed = operations[route as keyof typeof operations].making === "fixed";
      const expected = fixed ? [] : auth === "none" ? [{}, { token: [] }] : [{ token: [] }];
      expect(security).toEqual(expected);
      expect(/admin/.test(description)).toBe(auth === "admin" || auth === "viewer");
      expect(/viewer/.test(description)).toBe(auth === "viewer");
      expect("401" in responses).toBe(!fixed);
      expect("403" in responses).toBe(
        auth === "admin" || auth === "viewer" || route === "PATCH /api/history/{id}/",
      );
    },
  );

  test.each(documentedRoutes)("has a parameter for each part of the path of %s", (route) => {
    const inPath = operationOf(route).parameters.filter((parameter) => parameter.in === "path");
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(route.match(/\{\w+\}/g) ?? []);
  });

  test("requires exactly the parameters of paths and the key of a single entry", () => {
    const needed = documented.flatMap(({ route, operation }) =>
      operation.parameters
        .filter(({ required }) => required)
        .map(({ name, in: place }) => (place === "path" ? place : `${route} ${name}`)),
    );
    expect([...new Set(needed)].toSorted()).toEqual(["GET /api/ops/cache/entry/ key", "path"]);
  });

  test("has the limits and defaults of numbers in queries, although they are sent as text", () => {
    const { parameters } = operationOf("GET /api/problems/");
    expect(parameters.slice(2, 4).map(({ name, schema }) => [name, schema])).toEqual([
      ["page", { type: "integer", minimum: 1, maximum: 1_000_000_000, default: 1 }],
      ["page_size", { type: "integer", minimum: 1, default: 100 }],
    ]);
  });
});

describe("a handler", () => {
  const shapes = { ...history, ...cacheOperations, ...problem, ...testCase };

  test.each(documentedEntries)(
    "of %s checks its input by the document's schema",
    (route, { file }) => {
      const { shape, making } = operations[route as keyof typeof operations];
      const names = Object.entries(shapes).flatMap(([name, each]) => (each === shape ? name : []));
      const isPlain = Object.keys(shape).length === 0;
      expect(names).toHaveLength(isPlain ? 0 : 1);
      const source = readFileSync(`packages/functions/src/http/${file}.ts`, "utf8");
      const isList = names[0] === "listForAdmins";
      const call = making === "fixed" ? "staticEndpoint" : isList ? "adminList" : "endpoint";
      const words = `${call}("${route}",${call === "endpoint" ? ` ${names[0] ?? "{}"},` : ""}`;
      expect(source.replaceAll(/\s+/g, " ").replaceAll("( ", "(")).toContain(words);
    },
  );
});

describe("two schemas", () => {
  test("of the same name are refused when they differ", () => {
    const { convert } = createConverter();
    convert(z.object({ a: z.string() }).meta({ id: "Same" }), "output");
    const other = z.object({ a: z.int() }).meta({ id: "Same" });
    expect(() => convert(z.array(other), "output")).toThrow("two schemas are called Same");
  });

  test("that transform a text are refused in an answer without a description of their own", () => {
    const length = z.string().transform((text) => text.length);
    expect(() => createConverter().convert(length, "output")).toThrow(/[Tt]ransform/);
    const described = length.meta({ jsonSchema: { type: "integer" } });
    expect(createConverter().convert(described, "input")).toEqual({ type: "integer" });
  });
});

test("every schema of the document has a unique name, and is referred to", () => {
  const text = JSON.stringify(document);
  const schemas = Object.keys(document.components["schemas"] ?? {});
  expect(schemas.filter((name) => name.startsWith("__"))).toEqual([]);
  expect(schemas.filter((name) => !text.includes(`"#/components/schemas/${name}"`))).toEqual([]);
});

test("an addition of test cases answers with what it has added, and never with a message", () => {
  const { responses } = operationOf("POST /api/problems/{id}/testcases/");
  expect(JSON.stringify(responses["201"])).not.toContain("Message");
  expect(JSON.stringify(responses["201"])).toContain("TestCase");
});
