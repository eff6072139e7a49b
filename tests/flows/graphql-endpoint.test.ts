import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Json, type Person, startWorld, type World } from "../support/people.ts";

let world: World;
let first: Json;

beforeAll(async () => {
  world = await startWorld();
  for (let count = 0; count < 5; count += 1) first = await world.createProblem();
  await world.send("POST", `/api/problems/${first.id}/testcases/`, world.admin, [
    { input: "1", output: "2" },
  ]);
  await world.record(world.ann, first.id, { is_code_public: true });
  await world.record(world.ann, first.id);
  await world.streams.drained();
});
afterAll(() => world.close());

async function post(query: string, as?: Person, more: Json = {}) {
  const body = JSON.stringify({ query, ...more });
  const response = await world.call("/api/graphql/", {
    method: "POST",
    body,
    ...(as && { as: as.token }),
  });
  const answer: Json = await response.json();
  return { status: response.status, headers: response.headers, ...answer };
}

const stateOf = ({ headers }: { headers: Headers }) =>
  headers.get("cache-status")?.split("; ").slice(1, 2).join();

describe("a document", () => {
  const query = () => `{ problem(by: { id: ${first.id} }) { title testCases { input } } }`;

  test("is a hit at the second request, and shows a change after a mutation", async () => {
    expect((await post(query())).data.problem).toEqual({
      title: first.title,
      testCases: [{ input: "1" }],
    });
    const hit = await post(query());
    expect([stateOf(hit), hit.headers.get("server-timing")]).toEqual([
      "hit",
      expect.stringMatching(/db;desc="0 reads"/),
    ]);
    const changed = await post(
      `mutation { updateProblem(id: ${first.id}, input: { title: "Changed" }) { title } }`,
      world.admin,
    );
    expect(changed.data).toEqual({ updateProblem: { title: "Changed" } });
    expect([changed.headers.get("cache-status"), changed.headers.get("server-timing")]).toEqual([
      "algoitny; fwd=method; detail=mutation",
      expect.stringMatching(/^tags;desc="\d+ invalidated"$/),
    ]);
    expect((await post(query())).data.problem.title).toBe("Changed");
  });

  test("is invalidated by writes over REST, and answers of REST are invalidated by GraphQL's mutations", async () => {
    await post(query());
    await world.send("PATCH", `/api/problems/${first.id}/`, world.admin, { title: "By REST" });
    expect((await post(query())).data.problem.title).toBe("By REST");
    await world.get(`/api/problems/${first.id}/`);
    await post(
      `mutation { updateProblem(id: ${first.id}, input: { title: "By GraphQL" }) { id } }`,
      world.admin,
    );
    expect((await world.get(`/api/problems/${first.id}/`)).title).toBe("By GraphQL");
  });

  test("that is registered is queried by GET with its hash, with ETag and 304", async () => {
    const text = query();
    const hash = createHash("sha256").update(text).digest("hex");
    const path = `/api/graphql/?documentId=sha256:${hash}`;
    expect((await world.call(path)).status).toBe(404);
    await post(text, undefined, { documentId: `sha256:${hash}` });
    const found = await world.call(path);
    const etag = found.headers.get("etag") ?? "";
    expect([found.status, found.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    expect((await world.call(path, { headers: { "if-none-match": etag } })).status).toBe(304);
  });
});

describe("visibility", () => {
  test("admins' lists are null for others, with an error code", async () => {
    const query = "{ drafts { totalCount } registered { totalCount } }";
    const ann = await post(query, world.ann);
    expect([ann.status, ann.data]).toEqual([294, { drafts: null, registered: null }]);
    expect(ann.errors.map((each: Json) => each.extensions.code)).toEqual([
      "FORBIDDEN",
      "FORBIDDEN",
    ]);
    expect((await post(query, world.admin)).data.registered.totalCount).toBe(5);
  });

  test("a private execution is visible to its owner only, and each caller's feed shows their own", async () => {
    const query = "{ executions { totalCount edges { node { id isCodePublic } } } viewer { id } }";
    const [ann, bob, nobody] = [
      await post(query, world.ann),
      await post(query, world.bob),
      await post(query),
    ];
    expect([ann, bob, nobody].map(({ data }) => data.executions.totalCount)).toEqual([2, 1, 1]);
    expect([ann, bob, nobody].map(({ data }) => data.viewer?.id)).toEqual([
      "sub-of-ann",
      "sub-of-bob",
      undefined,
    ]);
    expect(stateOf(await post(query, world.bob))).toBe("hit");
    expect(ann.headers.get("cache-control")).toBe("private, no-cache");
    const id = ann.data.executions.edges.find(({ node }: Json) => !node.isCodePublic).node.id;
    const one = `{ execution(id: ${id}) { id problem { title } testResults { passed } } }`;
    expect((await post(one, world.bob)).data).toEqual({ execution: null });
    expect((await post(one, world.ann)).data.execution.id).toBe(id);
  });

  test("writes need a token, and admins' writes need an admin's token", async () => {
    const rename = `mutation { updateProblem(id: ${first.id}, input: { title: "x" }) { id } }`;
    expect((await post(rename)).errors[0].extensions.code).toBe("UNAUTHENTICATED");
    expect((await post(rename, world.ann)).errors[0].extensions.code).toBe("FORBIDDEN");
    const bad = await world.call("/api/graphql/", { method: "POST", body: "{}", as: "no.to.ken" });
    expect(bad.status).toBe(401);
  });

  test.each(["nobody", "ann", "admin"] as const)("%s gets the same data by REST", async (who) => {
    const as = who === "nobody" ? undefined : world[who];
    const rest = await world.get(`/api/problems/${first.id}/`, as);
    const fields = `id platform problemId title problemUrl tags language isCompleted createdAt testCaseCount
      constraints solutionCode testCases { id input output } executionCount isDeleted`;
    const { data } = await post(`{ problem(by: { id: ${first.id} }) { ${fields} } }`, as);
    expect(inRest(data.problem)).toEqual({ is_deleted: null, ...rest });
    const list = await world.get("/api/problems/", as);
    const { data: all } = await post(
      "{ problems(first: 100) { edges { node { id title tags } } } }",
      as,
    );
    expect(all.problems.edges.map(({ node }: Json) => inRest(node))).toEqual(
      list.map(({ id, title, tags }: Json) => ({ id, title, tags })),
    );
  });
});

/** A value with REST's names and numeric ids. */
function inRest(value: Json): Json {
  if (Array.isArray(value)) return value.map(inRest);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      name === "id" ? Number(inner) : inRest(inner),
    ]),
  );
}

describe("errors and limits", () => {
  test("a field that REST refuses is refused by GraphQL too, with the field's name in the schema", async () => {
    const { status, errors, data } = await post(
      `mutation { createProblem(input: { title: "x", problemUrl: "nonsense" }) { id } }`,
      world.admin,
    );
    expect([status, data]).toEqual([294, { createProblem: null }]);
    expect(errors[0].extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      status: 400,
      errors: expect.arrayContaining([expect.objectContaining({ path: "problemUrl" })]),
    });
  });

  test.each([
    ["a forged cursor", `{ problems(after: "bm9uc2Vuc2U") { totalCount } }`],
    ["more rows than a page may have", "{ problems(first: 101) { totalCount } }"],
    ["more fields than are allowed", `{ viewer { ${"id ".repeat(301)} } }`],
    ["a document that is too long", `{ viewer { id } } #${"x".repeat(10_240)}`],
  ])("%s is a 422", async (_, query) => {
    const { status, data } = await post(query);
    expect([status, data]).toEqual([422, undefined]);
  });

  test("the local cloud answers introspection", async () => {
    const { data } = await post("{ shown: __schema { queryType { name } } }");
    expect(data.shown.queryType.name).toBe("Query");
  });
});

describe("a connection", () => {
  test("shows each row that exists throughout once, while others are added and removed", async () => {
    const seen: string[] = [];
    const stood = (await world.get("/api/problems/")).map(({ id }: Json) => String(id));
    let after: string | null = null;
    for (let page = 0; page < 20; page += 1) {
      const { data }: Json = await post(
        "query Walk($after: String) { problems(first: 2, after: $after) { edges { node { id } } pageInfo { endCursor hasNextPage } } }",
        undefined,
        { variables: { after } },
      );
      seen.push(...data.problems.edges.map(({ node }: Json) => node.id));
      after = data.problems.pageInfo.endCursor;
      if (!data.problems.pageInfo.hasNextPage) break;
      const { id } = await world.createProblem();
      if (page % 2) await world.send("DELETE", `/api/problems/${id}/`, world.admin, undefined);
    }
    expect(seen.filter((id) => stood.includes(id)).toSorted()).toEqual(stood.toSorted());
  });
});

describe("a page of 60 problems with their details", () => {
  const query = "{ problems(first: 60) { edges { node { id constraints } } } }";

  test("is one entry, which a change of one detail invalidates", async () => {
    const { problems } = (await post("{ problems(first: 60) { totalCount } }")).data;
    for (let count = problems.totalCount; count < 60; count += 1) await world.createProblem();
    await world.streams.drained();
    const { edges } = (await post(query)).data.problems;
    expect(edges).toHaveLength(60);
    await post(query);
    const hit = await post(query);
    expect([stateOf(hit), hit.headers.get("server-timing")]).toEqual([
      "hit",
      expect.stringMatching(/db;desc="0 reads"/),
    ]);
    const last = edges.at(-1).node.id;
    await world.send("PATCH", `/api/problems/${last}/`, world.admin, { constraints: "1 ≤ n" });
    const changed = (await post(query)).data.problems.edges;
    expect(changed.at(-1).node).toEqual({ id: last, constraints: "1 ≤ n" });
  });
});
