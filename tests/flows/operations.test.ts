import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { contractError, errorOf } from "./support/error-requests.ts";
import { cost, type Fields, type Json, startWorld, type World } from "../support/people.ts";

let world: World;
let problem: Json;

beforeAll(async () => {
  world = await startWorld();
  problem = await world.createProblem({ problem_id: "1000" });
  await world.createProblem({ platform: "codeforces", problem_id: "4A" });
  await world.streams.drained();
});
afterAll(() => world.close());

const LIST = "problem_list:platform:all:search:none:page:1";
const DETAIL = () => `problem_detail:id:${problem.id}`;

const ops = (path: string, body: Fields = {}) =>
  world.send("POST", `/api/ops/cache/${path}/`, world.admin, body, 200);
const keysLike = async (pattern: string) => {
  const { keys } = await world.get(
    `/api/ops/cache/keys/?pattern=${encodeURIComponent(pattern)}`,
    world.admin,
  );
  return keys.toSorted();
};
const cacheOf = async (path: string) => cost(await world.call(path)).cache;

/** Every test starts with the list and one detail in the cache. */
beforeEach(async () => {
  await ops("clear");
  for (const path of ["/api/problems/", `/api/problems/${problem.id}/`]) await world.get(path);
});

test("GET health lists the services that answer, and so do its parts", async () => {
  const ok = { status: "ok", checks: { redis: "ok", dynamodb: "ok" } };
  expect(await world.get("/api/health/")).toEqual(ok);
  expect(await world.get("/api/health/ready/")).toEqual(ok);
  expect(await world.get("/api/health/live")).toMatchObject({
    status: "ok",
    checks: { redis: expect.any(String), dynamodb: expect.any(String) },
  });
});

test("statistics count stored entries by resource, and events of the cache", async () => {
  await world.get("/api/problems/");
  expect(await world.get("/api/ops/cache/stats/", world.admin)).toEqual({
    entries: expect.any(Number),
    by_resource: expect.objectContaining({
      problem_list: expect.any(Number),
      problem_detail: expect.any(Number),
    }),
    complete: true,
    this_process: expect.objectContaining({ hit: expect.any(Number), miss: expect.any(Number) }),
  });
});

test("each request is counted once, by the outcome in its answer, without a Redis command", async () => {
  // A different start each time, because answers are cached for some seconds.
  let from = Math.floor(Date.now() / 1_000);
  const hits = async () => {
    from -= 10;
    const path = `/api/ops/metrics/?from=${from}&by=endpoint`;
    const { endpoints } = await world.get(path, world.admin);
    return endpoints["GET /api/problems/{id}/"]?.hit ?? 0;
  };
  const before = await hits();
  for (const _ of [1, 2, 3]) expect(await cacheOf(`/api/problems/${problem.id}/`)).toBe("hit");
  const { commands } = world.upstash.stats();
  await expect.poll(hits).toBe(before + 3);
  expect(world.upstash.stats().commands).toBe(commands);
});

test("viewers see an entry's state, only admins its value, and a log line names the admin who read it", async () => {
  const sub = "sub-of-viewer";
  const viewer = { sub, email: "v@example.com" };
  const token = await world.issueToken({ ...viewer, is_admin: ["viewer"] });
  const path = `/api/ops/cache/entry/?key=${DETAIL()}`;
  const explained = await world.get(path, { ...viewer, token });
  expect(explained).toMatchObject({ state: "fresh", loading: false, resource: "problem_detail" });
  expect(explained).not.toHaveProperty("value");
  expect((await world.call(`${path}&value=true`, { as: token })).status).toBe(403);
  const shown = await world.get(`${path}&value=true`, world.admin);
  expect(shown.value).toEqual(await world.get(`/api/problems/${problem.id}/`));
  const ids = async () => {
    const { requests } = await world.get("/api/ops/requests/?from=0", world.admin);
    return requests.map((request: Json) => request.key_id);
  };
  await expect.poll(ids).toContain(explained.key_id);
  const logged = () =>
    world.entries.filter((entry) => "text" in entry && /was shown/.test(entry.text));
  await expect.poll(logged).toMatchObject([{ text: expect.stringContaining(world.admin.sub) }]);
  expect(await world.get("/api/ops/cache/entry/?key=none:1", world.admin)).toMatchObject({
    state: "not stored",
  });
});

test("a write's answer and the list of requests count the same tags of rules", async () => {
  const path = `/api/problems/${problem.id}/`;
  const body = JSON.stringify({ title: "Counted" });
  const headers = { "cache-debug": "1", "content-type": "application/json" };
  const fromMs = Date.now();
  const answer = await world.call(path, { method: "PATCH", as: world.admin.token, headers, body });
  const listed = String(answer.headers.get("cache-groups")).split(", ");
  expect(listed).toContain(`"problem:${problem.id}"`);
  expect(answer.headers.get("server-timing")).toContain(`"${listed.length} invalidated"`);
  const seen = async () => {
    const { requests } = await world.get(`/api/ops/requests/?from=${fromMs}`, world.admin);
    return requests.filter(({ endpoint }: Json) => endpoint === "PATCH /api/problems/{id}/");
  };
  await expect.poll(seen).toMatchObject([{ tags_invalidated: listed.length }]);
  await world.streams.drained();
  for (const view of ["/api/problems/", path]) await cacheOf(view);
});

test("an operator's invalidation counts its tags in its answer, a dry run none", async () => {
  const timing = async (dryRun: boolean) => {
    const body = JSON.stringify({ tags: ["problem:7", "problem:8"], dry_run: dryRun });
    const as = world.admin.token;
    const path = "/api/ops/cache/invalidate/";
    return (await world.call(path, { method: "POST", as, body })).headers.get("server-timing");
  };
  expect(await timing(true)).not.toContain("invalidated");
  expect(await timing(false)).toContain('tags;desc="2 invalidated"');
});

test("keys are listed by pattern, page by page with a cursor", async () => {
  expect(await keysLike("problem_detail:id:*")).toEqual([DETAIL()]);
  const found: string[] = [];
  let cursor = "0";
  do {
    const step: Json = await world.get(`/api/ops/cache/keys/?cursor=${cursor}`, world.admin);
    found.push(...step.keys);
    cursor = step.cursor;
  } while (cursor !== "0");
  expect(found).toEqual(expect.arrayContaining([LIST, DETAIL()]));
});

describe("invalidation", () => {
  test("by tag invalidates the entries that carry it and no others", async () => {
    expect(await ops("invalidate", { tags: [`problem:${problem.id}`] })).toMatchObject({
      dry_run: false,
      tags: [`problem:${problem.id}`],
    });
    expect(await cacheOf("/api/problems/")).toBe("hit");
    expect(await cacheOf(`/api/problems/${problem.id}/`)).toBe("miss");
  });

  test("by key invalidates that entry", async () => {
    await ops("invalidate", { keys: [LIST] });
    expect(await cacheOf(`/api/problems/${problem.id}/`)).toBe("hit");
    expect(await cacheOf("/api/problems/")).toBe("miss");
  });

  test("by pattern invalidates whole resources and single entries, and reports them", async () => {
    expect((await ops("invalidate", { pattern: "problem_list*" })).pattern).toMatchObject({
      resources: ["problem_list"],
    });
    expect(await cacheOf("/api/problems/")).toBe("miss");
    expect((await ops("invalidate", { pattern: `*:id:${problem.id}` })).pattern).toEqual({
      resources: [],
      entries: 1,
    });
    expect(await cacheOf(`/api/problems/${problem.id}/`)).toBe("miss");
  });

  test("changes nothing in a dry run", async () => {
    const all = {
      tags: ["problem_list_all"],
      keys: [DETAIL()],
      pattern: "problem_detail:*:1",
      dry_run: true,
    };
    expect(await ops("invalidate", all)).toMatchObject({ dry_run: true, pattern: { entries: 1 } });
    expect(await cacheOf("/api/problems/")).toBe("hit");
    expect(await cacheOf(`/api/problems/${problem.id}/`)).toBe("hit");
  });

  test.each([
    [{}, "body"],
    [{ tags: [] }, "body"],
    [{ tags: ["problems:1"] }, "tags.0"],
    [{ tags: ["has blank"] }, "tags.0"],
    [{ keys: ["nocolon"] }, "keys.0"],
    [{ pattern: "" }, "pattern"],
    [{ tag: "problem:1", pattern: "*" }, "tag"],
    [{ tags: ["problem:1"], dry_run: "yes" }, "dry_run"],
  ])("of %j is refused, with the fault in %s", async (body, path) => {
    const response = await world.call("/api/ops/cache/invalidate/", {
      method: "POST",
      as: world.admin.token,
      body: JSON.stringify(body),
    });
    const error = await errorOf(response);
    expect(error).toEqual(contractError(400));
    expect(error.document.errors.map((each: Json) => each.path)).toEqual([path]);
  });
});

test("clear invalidates every entry", async () => {
  expect(await ops("clear")).toEqual({ message: expect.any(String) });
  expect(await cacheOf("/api/problems/")).toBe("miss");
  expect(await cacheOf(`/api/problems/${problem.id}/`)).toBe("miss");
});

test("warm loads the entries of a plan, so that the next reads are hits", async () => {
  await ops("clear");
  const counts = await ops("warm", { plan: "problem_lists" });
  expect(counts).toMatchObject({ failed: 0, left: 0 });
  expect(counts.refreshed).toBeGreaterThanOrEqual(3);
  for (const path of [
    "/api/problems/",
    "/api/problems/?platform=codeforces",
    "/api/problems/?platform=baekjoon",
  ]) {
    expect(cost(await world.call(path))).toEqual({ cache: "hit", reads: 0 });
  }
  expect(await cacheOf(`/api/problems/${problem.id}/`)).toBe("miss");
  expect(await ops("warm", { plan: "problem_lists" })).toMatchObject({
    refreshed: 0,
    skipped: counts.refreshed,
  });
});

test("warm refuses an unknown plan", async () => {
  const response = await world.call("/api/ops/cache/warm/", {
    method: "POST",
    as: world.admin.token,
    body: '{"plan":"everything"}',
  });
  expect((await errorOf(response)).document.errors).toEqual([
    { path: "plan", message: expect.stringContaining("problem_lists") },
  ]);
});

test("the list of requests shows a status for errors only", async () => {
  const fromMs = Date.now();
  await world.call("/api/problems/999999/");
  await world.call("/api/problems/");
  const seen = async () => {
    const { requests } = await world.get(`/api/ops/requests/?from=${fromMs}`, world.admin);
    return requests.map(({ endpoint, status }: Json) => [endpoint, status]);
  };
  await expect.poll(seen).toEqual([
    ["GET /api/problems/{id}/", 404],
    ["GET /api/problems/", null],
  ]);
});
