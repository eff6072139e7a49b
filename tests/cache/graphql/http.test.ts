import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { fetchGraphQL, mediaTypeOf } from "@algoitny/cache/graphql";
import { bookServer, type Viewer } from "./book-server.ts";

const BOOK = "{ book(id: 1) { title } }";
const RENAME = `mutation { rename(id: 1, title: "new") { id } }`;

function setup() {
  const server = bookServer();
  const send = (path: string, init: RequestInit = {}, viewer: Viewer = {}) =>
    fetchGraphQL(server.graphql, new Request(`https://example.org/graphql${path}`, init), viewer);
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    send("", {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  const get = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    send(`?${new URLSearchParams(parameters).toString()}`, { headers });
  return { ...server, send, post, get };
}

test("POST is answered with the stored bytes, and `cache-status` says hit", async () => {
  const { post } = setup();
  const first = await post({ query: BOOK });
  expect([first.status, first.headers.get("content-type")]).toEqual([
    200,
    "application/graphql-response+json; charset=utf-8",
  ]);
  const again = await post({ query: BOOK });
  expect(again.headers.get("cache-status")).toMatch(/^cache; hit; ttl=/);
  expect(await again.text()).toBe(await first.text());
  expect(again.headers.get("cache-control")).toBe("no-cache");
});

test("GET has an ETag of the content, and 304 until that changes", async () => {
  const { get, post } = setup();
  const etag = (await get({ query: BOOK })).headers.get("etag") ?? "";
  const known = { "if-none-match": etag };
  const unchanged = await get({ query: BOOK }, known);
  expect([unchanged.status, await unchanged.text()]).toEqual([304, ""]);
  await post({ query: RENAME });
  const changed = await get({ query: BOOK }, known);
  expect([changed.status, await changed.json()]).toEqual([
    200,
    { data: { book: { title: "new" } } },
  ]);
});

test("a mutation runs whatever `If-None-Match` says, and never by GET", async () => {
  const { get, post, library } = setup();
  const refused = await get({ query: RENAME });
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "POST"]);
  expect(library.books.get(1)?.title).toBe("title 1");
  expect((await post({ query: RENAME }, { "if-none-match": "*" })).status).toBe(200);
  expect(library.books.get(1)?.title).toBe("new");
});

test("a private answer may only be stored by the viewer's browser", async () => {
  const { send } = setup();
  const query = `?${new URLSearchParams({ query: "{ me { id } }" }).toString()}`;
  const answer = await send(query, {}, { user: "ann" });
  expect(answer.headers.get("cache-control")).toBe("private, no-cache");
  expect(answer.headers.get("vary")).toContain("Authorization");
});

test("a registered document is queried by its hash, and an unknown hash is never remembered", async () => {
  const { get, post } = setup();
  const hash = createHash("sha256").update(BOOK).digest("hex");
  const byId = { documentId: `sha256:${hash}` };
  const extensions = { persistedQuery: { version: 1, sha256Hash: hash } };
  const unknown = await get(byId);
  expect([unknown.status, unknown.headers.get("cache-control")]).toEqual([404, "no-store"]);
  const apollo = await get({ extensions: JSON.stringify(extensions) }, { "if-none-match": "*" });
  expect([apollo.status, await apollo.json()]).toMatchObject([
    200,
    { errors: [{ extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }] },
  ]);
  expect((await post({ query: BOOK, extensions })).status).toBe(200);
  const found = await get(byId);
  expect([found.status, await found.json()]).toEqual([
    200,
    { data: { book: { title: "title 1" } } },
  ]);
  const etag = found.headers.get("etag") ?? "";
  expect(
    (await get({ extensions: JSON.stringify(extensions) }, { "if-none-match": etag })).status,
  ).toBe(304);
});

test("a hash that is not that of the text registers nothing", async () => {
  const { get, post } = setup();
  const documentId = `sha256:${"0".repeat(64)}`;
  expect((await post({ query: BOOK, documentId })).status).toBe(422);
  expect((await get({ documentId })).status).toBe(404);
});

test.each<[string, unknown, number]>([
  ["no JSON", "{", 400],
  ["a document that cannot be read", { query: "{ book(" }, 400],
  ["a field that does not exist", { query: "{ nothing }" }, 422],
  ["a batch", [{ query: BOOK }], 422],
  ["no query", {}, 422],
  ["variables that are a list", { query: BOOK, variables: [] }, 422],
  ["an operation that is not there", { query: BOOK, operationName: "X" }, 422],
  ["a variable of the wrong type", { query: "query ($id: ID!) { book(id: $id) { id } }" }, 422],
  ["a subscription", { query: "subscription { ticks }" }, 422],
  ["an id of another kind", { documentId: "md5:1" }, 422],
  ["more tokens than are allowed", { query: `{ ${"plain ".repeat(1_000)} }` }, 400],
])("%s is refused", async (_, body, status) => {
  const { post } = setup();
  const answer = await post(body);
  expect([answer.status, Object.keys((await answer.json()) as object)]).toEqual([
    status,
    ["errors"],
  ]);
});

test("data with errors is a 294, and a 200 for clients that accept only plain JSON", async () => {
  const { post } = setup();
  const query = "{ books { id strict } }";
  expect((await post({ query })).status).toBe(294);
  const legacy = await post({ query }, { accept: "application/json" });
  expect([legacy.status, legacy.headers.get("content-type")]).toEqual([
    200,
    "application/json; charset=utf-8",
  ]);
});

test("other methods and types are refused, and HEAD is GET without a body", async () => {
  const { send, post } = setup();
  const put = await send("", { method: "PUT" });
  expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, POST"]);
  expect((await post({ query: BOOK }, { "content-type": "text/plain" })).status).toBe(415);
  expect((await post({ query: BOOK }, { accept: "text/html" })).status).toBe(406);
  const head = await send(`?${new URLSearchParams({ query: BOOK }).toString()}`, {
    method: "HEAD",
  });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("the media type is the one that the client prefers", () => {
  const graphql = "application/graphql-response+json";
  expect(mediaTypeOf(undefined)).toBe(graphql);
  expect(mediaTypeOf("*/*")).toBe(graphql);
  expect(mediaTypeOf("application/json, */*;q=0.1")).toBe("application/json");
  expect(mediaTypeOf(`application/json;q=0.9, ${graphql}`)).toBe(graphql);
  expect(mediaTypeOf(`${graphql};q=0, application/json`)).toBe("application/json");
  expect(mediaTypeOf("text/html")).toBeUndefined();
});
