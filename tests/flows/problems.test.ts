import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Json, startWorld, type World } from "../support/people.ts";

const ITEM = {
  id: expect.any(Number),
  platform: expect.any(String),
  problem_id: expect.any(String),
  title: expect.any(String),
  problem_url: expect.any(String),
  tags: expect.any(Array),
  language: expect.any(String),
  is_completed: true,
  created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  test_case_count: expect.any(Number),
};

let world: World;
let plain: Json;
let force: Json;
let draft: Json;

beforeAll(async () => {
  world = await startWorld();
  plain = await world.createProblem({
    problem_id: "1000",
    title: "A+B",
    tags: ["math"],
    constraints: "0 < A",
    solution_code: "print('가')",
  });
  force = await world.createProblem({
    platform: "codeforces",
    problem_id: "4A",
    title: "Watermelon",
    language: "cpp",
  });
  draft = await world.createProblem({
    problem_id: "2000",
    title: "Not ready",
    is_completed: false,
    solution_code: "wip",
    constraints: "none",
  });
  await world.send("POST", `/api/problems/${plain.id}/testcases/`, world.admin, [
    { input: "1 2\n", output: "3\n" },
    { input: "", output: "" },
  ]);
});
afterAll(() => world.close());

const KEYS = `/api/ops/cache/keys/?pattern=${encodeURIComponent("problem_list:*search:*")}`;
const idsOf = (list: Json) => list.map(({ id }: Json) => id);

describe("GET /problems/", () => {
  test("is a bare array of completed problems, newest first, with exactly the fields of the contract", async () => {
    const list = await world.get("/api/problems/");
    expect(list).toEqual([{ ...ITEM }, { ...ITEM }]);
    expect(idsOf(list)).toEqual([force.id, plain.id]);
    expect(list[1]).toMatchObject({
      problem_id: "1000",
      title: "A+B",
      tags: ["math"],
      test_case_count: 2,
    });
    expect(list[0]).toMatchObject({ tags: [], test_case_count: 0 });
  });

  test("answers with and without its trailing slash, without a redirect", async () => {
    const [one, other] = await Promise.all(
      ["/api/problems/", "/api/problems"].map((path) => world.call(path, { redirect: "error" })),
    );
    expect([one?.status, other?.status]).toEqual([200, 200]);
    expect(await other?.text()).toBe(await one?.text());
  });

  test("filters by platform, and treats an empty one as any", async () => {
    expect(idsOf(await world.get("/api/problems/?platform=codeforces"))).toEqual([force.id]);
    expect(idsOf(await world.get("/api/problems/?platform=&search="))).toEqual([
      force.id,
      plain.id,
    ]);
    expect(await world.get("/api/problems/?platform=nowhere")).toEqual([]);
  });

  test("searches title and problem_id for a part, ignoring case", async () => {
    expect(idsOf(await world.get("/api/problems/?search=WATER"))).toEqual([force.id]);
    expect(idsOf(await world.get("/api/problems/?search=%20100%20"))).toEqual([plain.id]);
    expect(idsOf(await world.get("/api/problems/?search=a%2Bb"))).toEqual([plain.id]);
    expect(await world.get("/api/problems/?search=not+ready")).toEqual([]);
  });

  test("searches by Unicode's case folding, with one key for all spellings of a term", async () => {
    const { id } = await world.createProblem({ title: "ΟΔΟΣ Straße Café" });
    const spellings = [
      ["ΟΔΟΣ", "οδος", "οδοσ", " ΟδΟς "],
      ["STRASSE", "straße", "STRAẞE", "strasse"],
      ["café", "CAFE\u0301", "cafe\u0301"],
    ];
    const keysOf = async () => (await world.get(KEYS, world.admin)).keys as string[];
    for (const terms of spellings) {
      const before = await keysOf();
      for (const term of terms)
        expect(idsOf(await world.get(`/api/problems/?search=${encodeURIComponent(term)}`))).toEqual(
          [id],
        );
      expect((await keysOf()).filter((key) => !before.includes(key))).toHaveLength(1);
    }
    await world.send("DELETE", `/api/problems/${id}/`, world.admin, {});
  });

  test("distinguishes a term from the key's word for an absent parameter", async () => {
    expect(await world.get("/api/problems/?search=none")).toEqual([]);
    expect(await world.get("/api/problems/?platform=all")).toEqual([]);
    expect(idsOf(await world.get("/api/problems/"))).toEqual([force.id, plain.id]);
  });

  test("pages by page and page_size, with links to the other pages", async () => {
    const first = await world.call("/api/problems/?page_size=1");
    expect(idsOf(await first.json())).toEqual([force.id]);
    expect(first.headers.get("x-total-count")).toBe("2");
    expect(first.headers.get("link")).toBe(
      [
        '</api/problems/?page_size=1&page=1>; rel="first"',
        '</api/problems/?page_size=1&page=2>; rel="next"',
        '</api/problems/?page_size=1&page=2>; rel="last"',
      ].join(", "),
    );
    const second = await world.call("/api/problems/?page_size=1&page=2");
    expect(idsOf(await second.json())).toEqual([plain.id]);
    expect(second.headers.get("link")).toContain('page=1>; rel="prev"');
    expect(await world.get("/api/problems/?page=3")).toEqual([]);
  });

  test("treats a page_size above 200 as 200", async () => {
    const page = await world.call("/api/problems/?page_size=1000");
    expect(idsOf(await page.json())).toEqual([force.id, plain.id]);
    expect(page.headers.get("link")).toContain("page_size=200&page=1");
  });

  test("stores no entry for parameters that anyone could make up", async () => {
    const before = await world.get("/api/ops/cache/stats/", world.admin);
    await Promise.all(
      ["platform=x1", "platform=x2", "page=7", "page=8", "platform=codeforces&page=9"].map(
        (query) => world.get(`/api/problems/?${query}`),
      ),
    );
    expect((await world.get("/api/ops/cache/stats/", world.admin)).entries).toBe(before.entries);
  });
});

describe("GET /problems/{id}/ and /problems/{platform}/{problem_id}/", () => {
  const DETAIL = {
    ...ITEM,
    constraints: "0 < A",
    execution_count: 0,
    solution_code: null,
    test_cases: expect.any(Array),
  };

  test("are the same problem with its test cases, without the solution", async () => {
    const byId = await world.get(`/api/problems/${plain.id}/`);
    expect(byId).toEqual(DETAIL);
    expect(byId.test_cases).toEqual([
      { id: expect.any(Number), input: "1 2\n", output: "3\n" },
      { id: expect.any(Number), input: "", output: "" },
    ]);
    expect(await world.get("/api/problems/baekjoon/1000")).toEqual(byId);
    expect(await world.get(`/api/problems/${plain.id}/`, world.ann)).toEqual(byId);
  });

  test("show the solution to admins, as base64 of UTF-8", async () => {
    const { solution_code } = await world.get(`/api/problems/${plain.id}/`, world.admin);
    expect(Buffer.from(solution_code, "base64").toString()).toBe("print('가')");
    expect((await world.get("/api/problems/baekjoon/1000/", world.admin)).solution_code).toBe(
      solution_code,
    );
    expect((await world.get(`/api/problems/${plain.id}/`)).solution_code).toBeNull();
  });

  test("show `is_deleted` to admins only", async () => {
    const { id } = await world.createProblem({ problem_id: "5005" });
    const path = `/api/problems/${id}/`;
    expect(await world.get(path)).not.toHaveProperty("is_deleted");
    expect(await world.get(path, world.ann)).not.toHaveProperty("is_deleted");
    expect(await world.get(path, world.admin)).toHaveProperty("is_deleted", false);
    const { message } = await world.send("DELETE", path, world.admin, {});
    expect(message).toMatch(/deleted successfully$/);
    expect(await world.get("/api/problems/baekjoon/5005/", world.admin)).toHaveProperty(
      "is_deleted",
      true,
    );
    expect(await (await world.call(path)).json()).toMatchObject({
      error: expect.stringMatching(/not found$/),
    });
  });

  test("show admins a draft's deletion at once", async () => {
    const { id } = await world.createProblem({ is_completed: false });
    const path = `/api/problems/${id}/`;
    expect(await world.get(path, world.admin)).toHaveProperty("is_deleted", false);
    await world.send("DELETE", path, world.admin, {});
    expect(await world.get(path, world.admin)).toHaveProperty("is_deleted", true);
  });

  test("hide drafts from all but admins", async () => {
    for (const path of [
      `/api/problems/${draft.id}/`,
      "/api/problems/baekjoon/2000/",
      `/api/problems/${draft.id}/testcases/`,
    ]) {
      expect((await world.call(path)).status).toBe(404);
      expect((await world.call(path, { as: world.ann.token })).status).toBe(404);
      expect((await world.call(path, { as: world.admin.token })).status).toBe(200);
    }
  });
});

test("GET /problems/{id}/testcases/ is a list, empty for a problem without any", async () => {
  expect(await world.get(`/api/problems/${plain.id}/testcases/`)).toEqual([
    { id: expect.any(Number), input: "1 2\n", output: "3\n" },
    { id: expect.any(Number), input: "", output: "" },
  ]);
  expect(await world.get(`/api/problems/${force.id}/testcases/`)).toEqual([]);
});

describe("the admin's lists", () => {
  test("show drafts with their solution in plain text", async () => {
    expect(await world.get("/api/problems/drafts/", world.admin)).toEqual({
      drafts: [
        { ...ITEM, is_completed: false, id: draft.id, solution_code: "wip", constraints: "none" },
      ],
    });
  });

  test("are paged when a page is requested, with links to the others", async () => {
    const path = "/api/problems/registered/";
    const ask = async (query: string) => {
      const response = await world.call(`${path}?${query}`, { as: world.admin.token });
      const { problems } = (await response.json()) as Json;
      return { response, ids: idsOf(problems) };
    };
    const first = await ask("page=1&page_size=1");
    expect(first.ids).toEqual([force.id]);
    expect(first.response.headers.get("x-total-count")).toBe("2");
    expect(first.response.headers.get("link")).toContain(
      `<${path}?page_size=1&page=2>; rel="next"`,
    );
    expect((await ask("page=2&page_size=1")).ids).toEqual([plain.id]);
    expect((await ask("page=3&page_size=1")).ids).toEqual([]);
    expect((await ask("page=1")).ids).toEqual([force.id, plain.id]);
    const drafts = await world.call("/api/problems/drafts/?page=1", { as: world.admin.token });
    expect(idsOf(((await drafts.json()) as Json).drafts)).toEqual([draft.id]);
    expect(drafts.headers.get("x-total-count")).toBe("1");
    const wrong = await world.call(`${path}?page_size=5`, { as: world.admin.token });
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { errors: [{ path: "page" }] }]);
  });

  test("show registered problems, newest first", async () => {
    const { problems } = await world.get("/api/problems/registered/", world.admin);
    expect(problems).toEqual([
      { ...ITEM, id: force.id, solution_code: null, constraints: "" },
      { ...ITEM, id: plain.id, solution_code: "print('가')", constraints: "0 < A" },
    ]);
  });
});
