import { createSharedCounts } from "@algoitny/functions/popularity/shared-counts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  cost,
  type Fields,
  type Json,
  type Person,
  startWorld,
  type World,
} from "../support/people.ts";

let world: World;
let newest: Json;

/** More problems than one page and than the details that are warmed, on two platforms. */
const PROBLEMS = 130;

beforeAll(async () => {
  world = await startWorld();
  for (let index = 0; index < PROBLEMS; index += 1)
    newest = await world.createProblem({
      platform: index % 2 ? "baekjoon" : "codeforces",
      is_completed: index !== 5,
    });
  for (const who of [world.ann, world.bob]) await world.record(who, newest.id);
  await world.streams.drained();
});
afterAll(() => world.close());

beforeEach(async () => {
  const keys = await storedKeys();
  if (keys.length > 0) await ops("invalidate", { keys });
});

const ops = (path: string, body: Fields = {}) =>
  world.send("POST", `/api/ops/cache/${path}/`, world.admin, body, 200);

async function storedKeys(): Promise<string[]> {
  const keys: string[] = [];
  let cursor = "0";
  do {
    const step: Json = await world.get(`/api/ops/cache/keys/?cursor=${cursor}`, world.admin);
    keys.push(...step.keys);
    cursor = step.cursor;
  } while (cursor !== "0");
  // The first reader stores the segments that lists are computed from.
  return [...new Set(keys)].filter((key) => !key.startsWith("problem_segment:")).toSorted();
}

/**
 * Requests of clients: each list's pages, the admin's lists, the newest problems by either path, two users' statistics.
 */
function realRequests(list: Json): [path: string, as?: Person][] {
  const pages = ["", "?page=2", "?platform=baekjoon", "?platform=codeforces"];
  const details = list
    .slice(0, 20)
    .flatMap(({ id, platform, problem_id }: Json) => [
      [`/api/problems/${id}/`],
      [`/api/problems/${platform}/${problem_id}/`],
    ]);
  return [
    ...pages.map((query): [string] => [`/api/problems/${query}`]),
    ["/api/problems/drafts/", world.admin],
    ["/api/problems/registered/", world.admin],
    ["/api/account/stats/", world.ann],
    ["/api/account/stats/", world.bob],
    ...details,
  ];
}

const ask = ([path, as]: [string, Person?]) => world.call(path, as ? { as: as.token } : {});

test("the schedules warm exactly the keys that real requests use, which are hits afterwards", async () => {
  const requests = realRequests(await world.get("/api/problems/"));
  for (const each of requests) expect((await ask(each)).status).toBe(200);
  const used = await storedKeys();
  expect(used).toHaveLength(requests.length);
  await ops("invalidate", { keys: used });

  const problems: Json = await world.scheduler.fire("WarmProblems");
  const stats: Json = await world.scheduler.fire("WarmUserStats");
  for (const run of [problems, stats])
    expect(run).toMatchObject({ state: "done", skipped: 0, failed: 0, left: 0 });
  const reported = [...problems.plans, ...stats.plans].flatMap((plan): string[] => plan.refreshed);
  expect(reported.toSorted()).toEqual(used);
  expect(await storedKeys()).toEqual(used);
  for (const each of requests)
    expect([each[0], cost(await ask(each))]).toEqual([each[0], { cache: "hit", reads: 0 }]);
});

test("a second run loads nothing, and reports what it skipped", async () => {
  const first: Json = await world.scheduler.fire("WarmProblems");
  const second: Json = await world.scheduler.fire("WarmProblems");
  expect(second).toMatchObject({
    state: "done",
    empty: false,
    refreshed: 0,
    skipped: first.refreshed,
  });
  expect(second.plans.map(({ plan }: Json) => plan)).toEqual([
    "problem_lists",
    "problem_registered",
    "problem_drafts",
    "problem_details",
    "most_read",
  ]);
});

describe("fired by hand, warming loads", () => {
  test("one plan, at first as a dry run, by the function's event", async () => {
    const dry: Json = await world.scheduler.fire("WarmProblems", {
      plan: "problem_drafts",
      dry_run: true,
    });
    expect(dry).toMatchObject({ dry_run: true, due: 1, refreshed: 0 });
    expect(await storedKeys()).toEqual([]);
    const real: Json = await world.scheduler.fire("WarmProblems", { plan: "problem_drafts" });
    expect(real.plans).toMatchObject([
      { plan: "problem_drafts", refreshed: ["problem_drafts:all"] },
    ]);
    expect(await storedKeys()).toEqual(["problem_drafts:all"]);
  });

  test("given users, by the function's event and through operations", async () => {
    const { sub } = world.ann;
    await world.scheduler.fire("WarmUserStats", { userIds: [sub] });
    expect(await storedKeys()).toEqual([`user_stats:${sub}`]);
    const answer = await ops("warm", { plan: "user_stats", userIds: [sub, world.bob.sub] });
    expect(answer).toMatchObject({ state: "done", refreshed: 1, skipped: 1, failed: 0, left: 0 });
    expect(answer.plans[0]).toMatchObject({
      refreshed: [`user_stats:${world.bob.sub}`],
      skipped: [`user_stats:${sub}`],
    });
  });

  test("all plans through operations, with progress in the log", async () => {
    const { entries } = world;
    const before = entries.length;
    const answer = await ops("warm", {});
    expect(answer.plans).toHaveLength(6);
    expect(answer).toMatchObject({ state: "done", ms: expect.any(Number) });
    const lines = () =>
      entries.slice(before).map((entry) => ("text" in entry ? entry.text : JSON.stringify(entry)));
    // A function's log is delivered separately from its answer, and may arrive after it.
    await expect
      .poll(() => lines().filter((line) => line.startsWith("info warmed ")))
      .toHaveLength(6);
  });

  test("but refuses an invalid event with the allowed values", async () => {
    await expect(world.scheduler.fire("WarmProblems", { plan: "everything" })).rejects.toThrow(
      "problem_lists",
    );
  });
});

describe("popularity", () => {
  test("the most read problems are warmed under the keys by which they were read, however old the problems are", async () => {
    const { url, token } = world.upstash;
    await createSharedCounts({ url, token }).add([
      ["problem_detail:id:2", 40],
      ["problem_detail:platform:codeforces:1001", 30],
      ...Array.from({ length: 20 }, (_, index): [string, number] => [
        `problem_detail:id:${999_900 + index}`,
        50,
      ]),
    ]);
    const report: Json = await world.scheduler.fire("WarmProblems", { plan: "most_read" });
    expect(report.plans[0].refreshed).toEqual([
      "problem_detail:id:2",
      "problem_detail:platform:codeforces:1001",
    ]);
    expect(cost(await world.call("/api/problems/2/"))).toEqual({ cache: "hit", reads: 0 });
  });

  test("a hit costs one command, including the counting of reads", async () => {
    const path = `/api/problems/${newest.id}/`;
    await world.get(path);
    const before = world.upstash.stats().commands;
    for (let count = 0; count < 50; count += 1) await world.get(path);
    expect(world.upstash.stats().commands - before).toBe(50);
  });
});

describe("a run of warming", () => {
  test("while Redis is down ends without an exception and reports that, and a later run works", async () => {
    await world.redis.stop();
    const report: Json = await world.scheduler.fire("WarmProblems");
    expect(report).toMatchObject({ state: "down", down: ["redis"], refreshed: 0, plans: [] });
    await world.redis.start();
    // The function's breaker lets one request probe after 5 seconds.
    await expect
      .poll(() => world.scheduler.fire("WarmProblems"), { timeout: 15_000, interval: 200 })
      .toMatchObject({ state: "done", failed: 0 });
  });

  test("over an empty table stores the first page of all problems, the admin's empty lists, and no statistics", async () => {
    await using empty = await startWorld();
    expect(await empty.scheduler.fire("WarmProblems")).toMatchObject({
      state: "done",
      empty: true,
      refreshed: 3,
      failed: 0,
    });
    expect(await empty.scheduler.fire("WarmUserStats")).toMatchObject({
      state: "done",
      empty: true,
      refreshed: 0,
    });
  });
});
