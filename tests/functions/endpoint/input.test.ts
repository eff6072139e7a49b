import { IdParameter, wholeNumber } from "@algoitny/core/parameter";
import { HttpError } from "@algoitny/functions/endpoint/http-error";
import { parseInput } from "@algoitny/functions/endpoint/input";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type EventParts, httpEvent } from "../support/http-events.ts";

const shape = {
  path: z.object({ id: IdParameter }),
  query: z.object({
    page: z.optional(wholeNumber({ min: 1, max: 50 })),
    search: z.string().optional(),
  }),
  body: z.object({ tags: z.array(z.string()) }),
};
const good = { pathParameters: { id: "7" }, body: '{"tags":["dp"]}' };

function errorsOf(parts: EventParts): { path: string; message: string }[] {
  try {
    parseInput(httpEvent({ ...good, ...parts }), shape);
  } catch (error) {
    if (error instanceof HttpError && error.status === 400) return [...(error.errors ?? [])];
    throw error;
  }
  return [];
}

const pathsOf = (parts: EventParts) => errorsOf(parts).map(({ path }) => path);

test("valid input arrives typed", () => {
  expect(parseInput(httpEvent({ ...good, query: "page=2&search=a%20b" }), shape)).toEqual({
    path: { id: 7 },
    query: { page: 2, search: "a b" },
    body: { tags: ["dp"] },
  });
});

test("every invalid field of path, query and body is named at once", () => {
  expect(
    pathsOf({ pathParameters: { id: "x" }, query: "page=0", body: '{"tags":["a",1]}' }),
  ).toEqual(["id", "page", "tags.1"]);
});

test("a field with a list of values names them", () => {
  const order = { query: z.object({ order: z.enum(["newest", "oldest"]).optional() }) };
  expect(() => parseInput(httpEvent({ ...good, query: "order=x" }), order)).toThrow(
    "order: write one of newest, oldest",
  );
});

describe("numbers", () => {
  test.each([
    "07",
    "+7",
    "7.0",
    "7e0",
    "0x7",
    " 7",
    "-1",
    "٧",
    "NaN",
    "9007199254740993",
    "99999999999999999999",
  ])("have one spelling: %j is refused", (id) => {
    expect(pathsOf({ pathParameters: { id } })).toEqual(["id"]);
  });

  test("are refused outside of their limits", () => {
    expect(errorsOf({ query: "page=51" })).toEqual([
      { path: "page", message: "write a whole number from 1 to 50" },
    ]);
    expect(errorsOf({ query: "page=50" })).toEqual([]);
  });
});

describe("the query", () => {
  test("may not repeat a parameter", () => {
    expect(errorsOf({ query: "page=1&page=1" })).toEqual([
      { path: "page", message: "must appear only once" },
    ]);
    expect(pathsOf({ query: "search=a&search=b" })).toEqual(["search"]);
  });

  test("keeps a comma as a comma", () => {
    expect(parseInput(httpEvent({ ...good, query: "search=a,b" }), shape).query).toEqual({
      search: "a,b",
    });
  });

  test("treats an empty parameter as absent, and ignores unknown ones", () => {
    expect(
      parseInput(httpEvent({ ...good, query: "page=&search=&_=123&__proto__=x" }), shape).query,
    ).toEqual({});
  });

  test.each(["search=%zz", "search=%E0%A4", "search=100%"])(
    "must be percent-encoded UTF-8: %s is refused",
    (query) => {
      expect(pathsOf({ query })).toEqual(["query"]);
    },
  );
});

describe("the body", () => {
  test.each(["", "  ", "{", "{'tags':[]}", '{"tags":["\\ud800"]}', '{"tags":[]}x'])(
    "is refused when it is %j",
    (body) => {
      expect(pathsOf({ body })).toEqual(["body"]);
    },
  );

  test.each(["null", "[]", "7", '"text"'])("is refused when it is %s and not an object", (body) => {
    expect(pathsOf({ body })).toEqual(["body"]);
  });

  test("is decoded from base64, in which the gateway sends types that it does not know as text", () => {
    const body = Buffer.from('{"tags":["그래프"]}').toString("base64");
    expect(parseInput(httpEvent({ ...good, body, base64: true }), shape).body).toEqual({
      tags: ["그래프"],
    });
  });

  test("may be nested a hundred levels deep, and no deeper", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    const parse = (levels: number) =>
      parseInput(httpEvent({ body: nested(levels) }), { body: z.json() }).body;
    expect(parse(100)).toEqual(JSON.parse(nested(100)));
    // Too deep for this check, for zod, and for the parser.
    for (const levels of [101, 2_500, 1_000_000])
      expect(errorsOf({ body: nested(levels) })).toEqual([
        { path: "body", message: expect.stringContaining("nested too deeply") },
      ]);
  });

  test("is refused when its bytes are not UTF-8", () => {
    expect(
      pathsOf({ body: Buffer.from([0x22, 0xff, 0x22]).toString("base64"), base64: true }),
    ).toEqual(["body"]);
  });

  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/merge-patch+json",
  ])("may come as %s", (type) => {
    expect(errorsOf({ headers: { "content-type": type } })).toEqual([]);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
  ])("may not come as %s", (type) => {
    expect(pathsOf({ headers: { "content-type": type } })).toEqual(["body"]);
  });
});

test("input that fits no member of a union gets the issues of the closest member", () => {
  const One = z.object({ input: z.string() });
  const body = z.union([One, z.array(One).max(2)]);
  const faultsOf = (value: unknown) => {
    try {
      parseInput(httpEvent({ body: JSON.stringify(value) }), { body });
    } catch (error) {
      if (error instanceof HttpError) return error.errors;
    }
    return undefined;
  };
  expect(faultsOf([{ input: "1" }, { input: 2 }])).toEqual([
    { path: "1.input", message: expect.any(String) },
  ]);
  expect(faultsOf({ input: 1 })).toEqual([{ path: "input", message: expect.any(String) }]);
  expect(faultsOf([{ input: "1" }, { input: "2" }, { input: "3" }])).toEqual([
    { path: "body", message: expect.stringContaining("2") },
  ]);
});
