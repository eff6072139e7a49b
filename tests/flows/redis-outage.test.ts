import { keys } from "@algoitny/core/table/keys";
import { HttpError } from "@algoitny/local/upstash/start-upstash";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cost, type Json, type Person, startWorld, type World } from "../support/people.ts";

let world: World;
/** While true, Redis cannot be reached, and keeps its data. */
let unreachable = false;
let problem: Json;
let reads: [path: string, as?: Person][];

beforeAll(async () => {
  world = await startWorld({
    intercept: (_, run) => {
      if (unreachable) throw new HttpError(503, "out of reach");
      return run();
    },
  });
  problem = await world.createProblem({
    problem_id: "1000",
    title: "Before",
    constraints: "before",
  });
  const row = await world.record(world.ann, problem.id, { is_code_public: true });
  reads = [
    ["/api/problems/"],
    ["/api/problems/?search=r"],
    [`/api/problems/${problem.id}/`],
    ["/api/problems/baekjoon/1000/"],
    [`/api/problems/${problem.id}/testcases/`],
    ["/api/problems/drafts/", world.admin],
    ["/api/problems/registered/", world.admin],
    ["/api/account/stats/", world.ann],
    ["/api/history/"],
    ["/api/history/", world.ann],
    [`/api/history/${row.id}/`],
    [`/api/history/${row.id}/hints/`],
  ];
  await world.streams.drained();
});
afterAll(() => world.close());

const nameOf = ([path, as]: [string, Person?]) => `${path} as ${as?.sub ?? "nobody"}`;
const read = ([path, as]: [string, Person?]) => world.call(path, as ? { as: as.token } : {});

test("without Redis every read and write is answered; once Redis is back there are hits, and nothing is stale", async () => {
  for (const each of [...reads, ...reads]) expect((await read(each)).status).toBe(200);

  await world.redis.stop();
  for (const each of reads) {
    const response = await read(each);
    expect([each[0], response.status]).toEqual([each[0], 200]);
    expect(response.headers.get("cache-status")).toBe(
      "algoitny; fwd=bypass; detail=store-unreachable",
    );
    expect(cost(response).reads).toBeGreaterThan(0);
  }
  expect(await world.get("/api/health/")).toEqual({
    status: "degraded",
    checks: { redis: "down", dynamodb: "ok" },
  });
  const ready = await world.call("/api/health/ready/");
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { status: "degraded", checks: { redis: "down", dynamodb: "ok" } },
  ]);

  // Writes succeed too, both through the API and directly in the database.
  await world.send("PATCH", `/api/problems/${problem.id}/`, world.admin, { title: "During" }, 200);
  await world.record(world.ann, problem.id, { code: "during", is_code_public: true });
  await world.changeItem(keys.problemBody(problem.id), { constraints: "during" });
  expect(await world.get(`/api/problems/${problem.id}/`)).toMatchObject({
    title: "During",
    constraints: "during",
    execution_count: 2,
  });

  // Once Redis is back, every answer equals that of an API without a cache, the first hit too.
  const current = new Map<string, Json>();
  for (const each of reads) current.set(nameOf(each), await (await read(each)).json());
  await world.redis.start();
  const untilMs = Date.now() + 15_000;
  for (const each of reads) {
    let cache: string | undefined;
    while (cache !== "hit" && Date.now() < untilMs) {
      const response = await read(each);
      expect([nameOf(each), await response.json()]).toEqual([
        nameOf(each),
        current.get(nameOf(each)),
      ]);
      cache = cost(response).cache;
    }
    expect([nameOf(each), cache]).toEqual([nameOf(each), "hit"]);
  }
  expect(await world.get("/api/health/")).toEqual({
    status: "ok",
    checks: { redis: "ok", dynamodb: "ok" },
  });
});

test("after an outage in which Redis kept its data, no entry is stale once the stream has caught up", async () => {
  for (const each of [...reads, ...reads]) await read(each);
  unreachable = true;
  await world.send("PATCH", `/api/problems/${problem.id}/`, world.admin, { title: "Apart" }, 200);
  await world.record(world.ann, problem.id, { code: "apart", is_code_public: true });
  await world.changeItem(keys.problemBody(problem.id), { constraints: "apart" });
  const current = new Map<string, Json>();
  for (const each of reads) current.set(nameOf(each), await (await read(each)).json());
  expect(current.get(`/api/problems/${problem.id}/ as nobody`)).toMatchObject({
    title: "Apart",
    constraints: "apart",
  });
  unreachable = false;
  // The batch is delivered again within a second.
  await world.streams.drained();
  for (const each of reads) {
    const answer: Json = await (await read(each)).json();
    expect([nameOf(each), answer]).toEqual([nameOf(each), current.get(nameOf(each))]);
  }
});

test("an operation on an unreachable cache is a 503 with Retry-After", async () => {
  await world.redis.stop();
  try {
    const response = await world.call("/api/ops/cache/clear/", {
      method: "POST",
      as: world.admin.token,
      body: "{}",
    });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
  } finally {
    await world.redis.start();
  }
});
