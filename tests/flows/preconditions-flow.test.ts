import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fields, type Json, type Person, startWorld, type World } from "../support/people.ts";
import { raw } from "../support/raw-request.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ instances: 2 });
});
afterAll(() => world.close());

interface Send {
  as?: Person;
  method?: string;
  headers?: Record<string, string>;
  body?: Fields | undefined;
}

async function send(path: string, { as = world.admin, method = "GET", headers, body }: Send = {}) {
  const response = await world.call(path, {
    method,
    as: as.token,
    ...(headers && { headers }),
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, json: await response.text() };
}

const statusOf = async (path: string, options: Send) => (await send(path, options)).status;

/** The ETag of a GET by a client that accepts one coding only. */
async function etagOf(path: string, as: Person | null = world.admin, coding = "br") {
  const authorization = as === null ? {} : { authorization: `Bearer ${as.token}` };
  const asked = { ...authorization, "accept-encoding": coding };
  const { headers } = await raw(`${world.url}${path}`, asked);
  return { etag: String(headers["etag"]), coding: headers["content-encoding"] ?? "identity" };
}

const patch = (etag: string, body: Fields, headers: Record<string, string> = {}): Send => ({
  method: "PATCH",
  headers: { "if-match": etag, ...headers },
  body,
});

/** Long enough to be stored compressed. */
const LONG = "0 < A ".repeat(500);

describe("If-Match of a problem", () => {
  test.each([
    ["br", LONG],
    ["gzip", LONG],
    ["identity", LONG],
    ["identity", "short"],
  ])("accepts the ETag of the %s coding", async (coding, constraints) => {
    const { id, problem_id } = await world.createProblem({ constraints });
    for (const path of [`/api/problems/${id}/`, `/api/problems/baekjoon/${problem_id}/`]) {
      const found = await etagOf(path, world.admin, coding);
      expect(found.coding).toBe(coding);
      const change = patch(`"other", ${found.etag}`, { title: `By ${path}` });
      expect(await statusOf(`/api/problems/${id}/`, change)).toBe(200);
    }
  });

  test("refuses the outdated change of a second editor", async () => {
    const { id } = await world.createProblem();
    const path = `/api/problems/${id}/`;
    const { etag } = await etagOf(path);
    expect(await statusOf(path, patch(etag, { title: "First" }))).toBe(200);
    const second = await send(path, patch(etag, { title: "Second" }));
    expect(JSON.parse(second.json)).toMatchObject({
      status: 412,
      title: "Precondition Failed",
      error: expect.stringContaining("read it again"),
    });
    expect((await world.get(path)).title).toBe("First");
  });

  test.each(["DELETE /api/problems/{id}/", "DELETE /api/problems/{platform}/{problem_id}/"])(
    "guards %s",
    async (route) => {
      const { id, problem_id } = await world.createProblem();
      const path = `/api/problems/${id}/`;
      const target = route.includes("platform") ? `/api/problems/baekjoon/${problem_id}/` : path;
      const outdated = await etagOf(target);
      await world.send("PATCH", path, world.admin, { solution_code: "print()" });
      const remove = (etag: string) => ({ method: "DELETE", headers: { "if-match": etag } });
      expect(await statusOf(target, remove(outdated.etag))).toBe(412);
      expect(await statusOf(target, remove('"nonsense"'))).toBe(412);
      expect((await world.get(path)).id).toBe(id);
      expect(await statusOf(target, remove((await etagOf(target)).etag))).toBe(200);
    },
  );

  test("still holds after executions, which change the ETag of a GET", async () => {
    const { id } = await world.createProblem();
    const path = `/api/problems/${id}/`;
    const { etag } = await etagOf(path);
    await world.record(world.ann, id);
    expect((await etagOf(path)).etag).not.toBe(etag);
    expect(await statusOf(path, { headers: { "if-match": etag } })).toBe(412);
    expect(await statusOf(path, { headers: { "if-none-match": etag } })).toBe(200);
    expect(await statusOf(path, patch(etag, { title: "Kept" }))).toBe(200);
  });

  test("fails after a change of the problem's test cases", async () => {
    const { id } = await world.createProblem();
    const path = `/api/problems/${id}/`;
    const cases = `${path}testcases/`;
    let { etag } = await etagOf(path);
    const changes: [method: string, path: () => string, body?: Fields][] = [
      ["POST", () => cases, { input: "1", output: "2" }],
      ["PUT", () => `${cases}${testCase.id}/`, { input: "3", output: "4" }],
      ["DELETE", () => `${cases}${testCase.id}/`],
    ];
    let testCase: Json;
    for (const [method, target, body] of changes) {
      const answer = await send(target(), { method, body });
      if (method === "POST") testCase = JSON.parse(answer.json);
      expect(await statusOf(path, patch(etag, { title: method }))).toBe(412);
      ({ etag } = await etagOf(path));
      expect(await statusOf(path, patch(etag, { title: method }))).toBe(200);
      ({ etag } = await etagOf(path));
    }
  });

  test("compares strongly, and with the version that editors see", async () => {
    const { id } = await world.createProblem();
    const path = `/api/problems/${id}/`;
    const { etag } = await etagOf(path);
    const publicly = await etagOf(path, null);
    for (const wrong of [`W/${etag}`, publicly.etag, etag.replaceAll('"', ""), "", '"*"'])
      expect([wrong, await statusOf(path, patch(wrong, { title: "x" }))]).toEqual([wrong, 412]);
    expect(await statusOf(path, patch("*", { title: "Any" }))).toBe(200);
  });

  test("accepts the ETag in the answer to a change", async () => {
    const created = await send("/api/problems/", {
      method: "POST",
      body: { platform: "chain", problem_id: "1", title: "0" },
    });
    const path = String(created.headers.get("location"));
    let etag = String(created.headers.get("etag"));
    for (const title of ["1", "2"]) {
      const changed = await send(path, patch(etag, { title }));
      expect(changed.status).toBe(200);
      etag = String(changed.headers.get("etag"));
    }
    expect((await etagOf(path)).etag).toBe(etag);
  });

  test("does not depend on the cache: the ETag is the same after the cache was cleared", async () => {
    const { id } = await world.createProblem({ constraints: LONG });
    const path = `/api/problems/${id}/`;
    const { etag } = await etagOf(path);
    await world.send("POST", "/api/ops/cache/clear/", world.admin, {});
    expect((await etagOf(path)).etag).toBe(etag);
  });

  test("of a missing problem is a 404", async () => {
    expect(await statusOf("/api/problems/987654/", patch('"x"', { title: "x" }))).toBe(404);
    expect(await statusOf("/api/problems/987654/", { headers: { "if-match": '"x"' } })).toBe(404);
  });

  test("lets one of two concurrent editors through", async () => {
    const { id } = await world.createProblem();
    const path = `/api/problems/${id}/`;
    for (let round = 0; round < 10; round += 1) {
      const { etag } = await etagOf(path);
      const editors = [0, 1].map((editor) =>
        statusOf(
          path,
          patch(etag, { title: `${round} ${editor}` }, { "x-local-instance": String(editor) }),
        ),
      );
      const [lower, higher] = (await Promise.all(editors)).toSorted((a, b) => a - b);
      expect([lower, higher]).toEqual([200, 412]);
    }
  });
});

describe("If-Unmodified-Since", () => {
  test("compares with the Last-Modified of an editor's GET", async () => {
    const { id } = await world.createProblem();
    const path = `/api/problems/${id}/`;
    const date = String((await send(path)).headers.get("last-modified"));
    const before = new Date(Date.parse(date) - 1_000).toUTCString();
    const since = (value: string) => ({ "if-unmodified-since": value });
    const change = (headers: Record<string, string>) => ({ method: "PATCH", headers, body: {} });
    expect(await statusOf(path, change(since(date)))).toBe(200);
    expect(await statusOf(path, change(since(before)))).toBe(412);
    expect(await statusOf(path, { method: "DELETE", headers: since(before) })).toBe(412);
    expect(await statusOf(path, { headers: since(before) })).toBe(412);
    expect(await statusOf(path, { headers: since(date) })).toBe(200);
    // An invalid date is not a precondition, and If-Match takes precedence.
    expect(await statusOf(path, change(since("yesterday")))).toBe(200);
    const { etag } = await etagOf(path);
    expect(await statusOf(path, change({ "if-match": etag, ...since(before) }))).toBe(200);
  });

  test("needs a Last-Modified, which only those get who see every change", async () => {
    const { id } = await world.createProblem();
    const path = `/api/problems/${id}/`;
    expect((await world.call(path)).headers.get("last-modified")).toBeNull();
    expect((await send(path)).headers.get("last-modified")).toMatch(/ GMT$/);
  });
});

describe("preconditions of an execution", () => {
  test("depend on the owner's own changes only: a change of the problem's test cases does not fail them", async () => {
    const { id: problem } = await world.createProblem();
    const cases = `/api/problems/${problem}/testcases/`;
    const testCase = await world.send("POST", cases, world.admin, { input: "1", output: "2" });
    const results = { test_results: [{ test_case_id: testCase.id, passed: true }] };
    const { id } = await world.record(world.ann, problem, results);
    const path = `/api/history/${id}/`;
    const first = await etagOf(path, world.ann);
    await world.send("PUT", `${cases}${testCase.id}/`, world.admin, { input: "A", output: "B" });
    expect((await etagOf(path, world.ann)).etag).not.toBe(first.etag);
    const change = (etag: string, hint: string) =>
      statusOf(path, { ...patch(etag, { hints: [hint] }), as: world.ann });
    expect(await change(first.etag, "one")).toBe(200);
    expect(await change(first.etag, "two")).toBe(412);
    const hints = await etagOf(`${path}hints/`, world.ann);
    expect(await change(hints.etag, "three")).toBe(412);
    const { etag } = await etagOf(path, world.ann);
    const both = await Promise.all([change(etag, "four"), change(etag, "five")]);
    expect(both.toSorted((a, b) => a - b)).toEqual([200, 412]);
  });
});

test("the ETag of the list of test cases can be a precondition of an addition to it", async () => {
  const { id } = await world.createProblem();
  const path = `/api/problems/${id}/testcases/`;
  const { etag } = await etagOf(path);
  const add = (headers: Record<string, string>) =>
    statusOf(path, { method: "POST", headers, body: { input: "1", output: "2" } });
  expect(await add({ "if-match": etag })).toBe(201);
  expect(await add({ "if-match": etag })).toBe(412);
  expect(await add({ "if-none-match": "*" })).toBe(412);
  expect(await world.get(path)).toHaveLength(1);
});
