import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { contractError, errorOf } from "./support/error-requests.ts";
import { cost, type Fields, type Json, startWorld, type World } from "../support/people.ts";

let world: World;
let problem: Json;

beforeAll(async () => {
  world = await startWorld({ instances: 2 });
  problem = await world.createProblem({ problem_id: "1000" });
  await world.record(world.ann, problem.id, { is_code_public: true });
  await world.streams.drained();
});
afterAll(() => world.close());

const DETAIL = () => `/api/problems/${problem.id}/`;
const READS: [path: string, as?: "ann"][] = [
  ["/api/problems/"],
  ["/api/problems/drafts/"],
  ["/api/history/"],
  ["/api/account/stats/", "ann"],
];

const invalidate = (body: Fields) =>
  world.send("POST", "/api/ops/cache/invalidate/", world.admin, body);
const cacheOf = async (path: string, as?: "ann") =>
  cost(await world.call(path, { as: as ? world[as].token : world.admin.token })).cache;
const read = async (path: string) => {
  const response = await world.call(path, { as: world.admin.token });
  return { status: response.status, body: (await response.json()) as Json };
};
const isSomeTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

beforeEach(async () => {
  for (const [path, as] of [[DETAIL()] as const, ...READS]) await cacheOf(path, as);
});

describe("an asynchronous invalidation", () => {
  const ask = (body: Fields) =>
    world.call("/api/ops/cache/invalidate/", {
      method: "POST",
      as: world.admin.token,
      body: JSON.stringify({ ...body, async: true }),
    });

  test("is answered at once with the address of its job, and is carried out by the queue", async () => {
    const response = await ask({
      tags: ["problem_drafts"],
      keys: [`problem_detail:id:${problem.id}:viewer:admin`],
      pattern: "problem_list:*:page:1",
      user_id: world.ann.sub,
    });
    const job: Json = await response.json();
    expect(response.status).toBe(202);
    expect(job).toMatchObject({
      status: "waiting",
      requested_by: world.admin.sub,
      requested_at: isSomeTime,
      finished_at: null,
    });
    const location = response.headers.get("location") ?? "";
    expect(location).toBe(`/api/ops/cache/invalidations/${job.id}/`);
    await world.queues.drained();
    expect(await read(location)).toEqual({
      status: 200,
      body: {
        ...job,
        status: "done",
        attempts: 1,
        started_at: isSomeTime,
        finished_at: isSomeTime,
        entries: 1,
        result: {
          tags: [
            "problem_drafts",
            `user_stats:${world.ann.sub}`,
            `history_user:${world.ann.sub}`,
            "history_public",
            "history_changed",
            "@resource:history_detail",
          ],
          keys: job.request.keys,
          pattern: { resources: [], entries: 1 },
        },
      },
    });
    for (const [path, as] of [[DETAIL()] as const, ...READS])
      expect([path, await cacheOf(path, as)]).toEqual([path, "miss"]);
  });

  test("may be a bare message in the queue, and its job is read by the message's id", async () => {
    const { messageId } = world.queues
      .queue("InvalidationRequests")
      .send({ body: JSON.stringify({ tags: ["problem_drafts"] }) });
    await world.queues.drained();
    const { status, body } = await read(`/api/ops/cache/invalidations/${messageId}/`);
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ id: messageId, status: "done", requested_at: isSomeTime }),
    ]);
    expect(await cacheOf("/api/problems/drafts/")).toBe("miss");
  });

  test("that fails waits for its next try with its error, and is done when the store is back", async () => {
    await world.redis.stop();
    const { id } = (await (await ask({ tags: ["problem_drafts"] })).json()) as Json;
    await world.queues.drained();
    const path = `/api/ops/cache/invalidations/${id}/`;
    expect((await read(path)).body).toMatchObject({
      status: "waiting",
      attempts: 1,
      finished_at: null,
      error: expect.stringContaining("repeat it"),
    });
    await world.redis.start();
    world.queues.skip(360);
    await world.queues.drained();
    expect((await read(path)).body).toMatchObject({
      status: "done",
      attempts: 2,
      error: null,
      result: { tags: ["problem_drafts"] },
    });
  });

  test("that fails at every try has the status failed, and its message stays in the dead-letter queue for an operator", async () => {
    await world.redis.stop();
    const { id } = (await (await ask({ tags: ["problem_drafts"] })).json()) as Json;
    for (let tries = 0; tries < 6; tries += 1) {
      await world.queues.drained();
      world.queues.skip(360);
    }
    await world.redis.start();
    await world.queues.drained();
    expect((await read(`/api/ops/cache/invalidations/${id}/`)).body).toMatchObject({
      status: "failed",
      attempts: 5,
      finished_at: isSomeTime,
    });
    const dead = world.queues.queue("FailedInvalidationRequests").messages();
    expect(dead.map(({ body }) => JSON.parse(body).id)).toEqual([id]);
  });

  test("is a 404 when it is read by an unknown id, and a 400 by a malformed one", async () => {
    const missing = await world.call(
      "/api/ops/cache/invalidations/00000000-0000-4000-8000-000000000000/",
      { as: world.admin.token },
    );
    expect(await errorOf(missing)).toEqual(contractError(404));
    const bad = await world.call("/api/ops/cache/invalidations/7/", { as: world.admin.token });
    expect(await errorOf(bad)).toEqual(contractError(400));
  });

  test("is visible to admins only", async () => {
    const path = "/api/ops/cache/invalidations/00000000-0000-4000-8000-000000000000/";
    expect((await world.call(path)).status).toBe(401);
    expect((await world.call(path, { as: world.ann.token })).status).toBe(403);
  });
});

describe("an invalidation by hand", () => {
  test("of a problem invalidates every view that shows it, and no others", async () => {
    await invalidate({ problem_id: problem.id });
    expect(await cacheOf(DETAIL())).toBe("miss");
    expect(await cacheOf("/api/problems/")).toBe("miss");
    expect(await cacheOf("/api/history/")).toBe("hit");
    expect(await cacheOf("/api/account/stats/", "ann")).toBe("hit");
  });

  test("of a user invalidates the views of their executions and statistics, and no others", async () => {
    await invalidate({ user_id: world.ann.sub });
    expect(await cacheOf("/api/history/")).toBe("miss");
    expect(await cacheOf("/api/account/stats/", "ann")).toBe("miss");
    expect(await cacheOf(DETAIL())).toBe("hit");
  });

  test("that is soft leaves the old answer as stale while it is refreshed", async () => {
    await invalidate({ tags: [`problem:${problem.id}`], soft: true });
    expect(await cacheOf(DETAIL())).toBe("stale");
    await invalidate({ tags: [`problem:${problem.id}`] });
    expect(await cacheOf(DETAIL())).toBe("miss");
  });

  test.each([
    { soft: true, keys: ["problem_list:x"] },
    { soft: true, pattern: "problem_list*" },
    { tags: ["problem_drafts"], async: true, dry_run: true },
    { problem_id: "7" },
    { user_id: "" },
    { async: true },
  ])("is refused when it is invalid: %j", async (body) => {
    const response = await world.call("/api/ops/cache/invalidate/", {
      method: "POST",
      as: world.admin.token,
      body: JSON.stringify(body),
    });
    expect(await errorOf(response)).toEqual(contractError(400));
  });
});
