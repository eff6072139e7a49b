import { createGraphiqlPage, GRAPHIQL_POLICY } from "@algoitny/local/graphiql/graphiql-page";
import { TYPE_DEFS } from "@algoitny/functions/graphql/type-defs";
import { DEFAULT_QUERY } from "@algoitny/local/graphiql/default-query";
import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { CACHE_CONTROL_SDL } from "@algoitny/cache/graphql";

const page = createGraphiqlPage();
const get = async (path: string) => {
  const answer = await page(path);
  if (!answer) throw new Error(`${path} is not GraphiQL's`);
  return { ...answer, text: answer.body.toString() };
};

test("the document loads only files of this server, which exist", async () => {
  const { status, headers, text } = await get("/graphiql/?query=x");
  expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
  expect(text).not.toMatch(/https?:|<style|<script>| on\w+=/);
  const asked = Array.from(text.matchAll(/(?:src|href)="(\/[^"]+)"/g), ([, path]) => path ?? "");
  expect(asked.length).toBe(4);
  for (const path of asked) expect((await get(path)).status).toBe(200);
});

test("the start script names existing workers, and stores no tokens in the browser", async () => {
  const { text } = await get("/graphiql/start.js");
  expect(text).toContain('"shouldPersistHeaders":false');
  expect(text).toContain('"endpoint":"/api/graphql/"');
  for (const name of ["editor", "json", "graphql"])
    expect((await get(`/graphiql/${name}.worker.js`)).status).toBe(200);
});

test("scripts, workers and connections are of the same origin, and none is inline", async () => {
  const { headers } = await get("/graphiql/");
  expect(headers["content-security-policy"]).toBe(GRAPHIQL_POLICY);
  const rules = new Map(GRAPHIQL_POLICY.split("; ").map((rule) => [rule.split(" ")[0], rule]));
  for (const name of ["script-src", "worker-src", "connect-src"])
    expect(rules.get(name)).toBe(`${name} 'self'`);
  expect(rules.get("default-src")).toBe("default-src 'none'");
  expect(GRAPHIQL_POLICY).not.toMatch(/unsafe-eval|\*|https?:|blob:/);
});

test("other paths are not GraphiQL's, unknown files are a 404, and a missing slash is added", async () => {
  expect([page("/api/graphql/"), page("/graphiqlx/"), page("/ops/")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect((await get("/graphiql/../api/")).status).toBe(404);
  const moved = await get("/graphiql");
  expect([moved.status, moved.headers["location"]]).toEqual([308, "/graphiql/"]);
});

test("the query of a new tab is valid for the schema", () => {
  const schema = buildSchema(CACHE_CONTROL_SDL + TYPE_DEFS);
  expect(validate(schema, parse(DEFAULT_QUERY))).toEqual([]);
});
