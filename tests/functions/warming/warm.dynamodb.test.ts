import { Cache, MemoryStore } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import { keys } from "@algoitny/core/table/keys";
import type { Tables } from "@algoitny/core/tables";
import type { PlanName } from "@algoitny/core/timetable";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { views } from "@algoitny/core/views";
import { warm } from "@algoitny/functions/warming/warm";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { actor, anExecution, aProblem, setup as setupTables } from "../../core/support/fixtures.ts";
import { recordedSource } from "../../core/support/recorded-source.ts";

/** The tables in an engine, a cache over a store in memory, and functions that make them fail. */
async function setup() {
  const app = await setupTables();
  const lines: Record<string, unknown>[] = [];
  let redis = true;
  let commits = true;
  let failingSub = "";
  let remainingMs = () => 60_000;
  const store = new Proxy(new MemoryStore(), {
    get: (target: Store, name: keyof Store) => {
      const operation: ((argument: never) => unknown) | undefined = target[name];
      if (operation === undefined) return undefined;
      return (argument: never) =>
        redis && (commits || name !== "commit")
          ? operation.call(target, argument)
          : Promise.reject(new Error("no redis"));
    },
  });
  let listActive = () => app.tables.users.listActive();
  let database = true;
  const cache = new Cache({ store, resources: views });
  const replaced = async (tables: Tables): Promise<Tables> => {
    if (!database) throw new Error("no database");
    const { users } = tables;
    return {
      ...tables,
      users: {
        ...users,
        listActive: () => listActive(),
        getManyStats: async (subs) => {
          if (subs.includes(failingSub))
            throw new Error(`no statistics of ${failingSub}@example.com`);
          return users.getManyStats(subs);
        },
      },
    };
  };
  const source = recordedSource(cache, app.table.db, { replaced });
  const context = {
    cache,
    store,
    source,
    mostRead: () => Promise.resolve<string[]>([]),
    log: createLog((line) => {
      const { timestamp: _, ...rest } = JSON.parse(line);
      lines.push(rest);
    }),
    remainingMs: () => remainingMs(),
  };
  return {
    ...app,
    cache,
    lines,
    warm: (plan: PlanName, request: { userIds?: string[]; dryRun?: boolean } = {}) =>
      warm({ plans: [plan], ...request }, context),
    fail: (what: { redis?: boolean; commits?: boolean; database?: boolean; sub?: string }) => {
      redis = what.redis !== true;
      commits = what.commits !== true;
      database = what.database !== true;
      failingSub = what.sub ?? "";
    },
    replaceListActive: (list: () => Promise<string[]>) => {
      listActive = list;
    },
    giveTime: (make: () => number) => {
      remainingMs = make;
    },
  };
}

/** Requests of every run: one checks that the database answers, one that it has data. */
const CHECKS = 2;

const subs = (count: number) => Array.from({ length: count }, (_, index) => `user-${index}`);

test("twenty lists are warmed from one read of the catalogue, and the next run reads nothing", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  for (let index = 0; index < 19; index += 1)
    await problems.create(aProblem({ platform: `platform-${index}` }));
  let before = app.table.calls();
  expect(await app.warm("problem_lists")).toMatchObject({ state: "done", refreshed: 20 });
  expect(app.table.calls() - before).toBe(CHECKS + 2); // the id counter and one segment
  before = app.table.calls();
  expect(await app.warm("problem_lists")).toMatchObject({ state: "done", skipped: 20 });
  expect(app.table.calls() - before).toBe(CHECKS);
});

test("statistics are read by requests of a hundred users, and fresh ones are skipped", async () => {
  await using app = await setup();
  const { id: problem_id } = await app.tables.problems.create(aProblem());
  await app.tables.history.record(actor("user-1"), anExecution({ problem_id }));
  const before = app.table.calls();
  expect(await app.warm("user_stats", { userIds: subs(250) })).toMatchObject({
    state: "done",
    refreshed: 250,
    plans: [{ plan: "user_stats", ms: expect.any(Number) }],
  });
  expect(app.table.calls() - before).toBe(CHECKS + 3);
  const again = await app.warm("user_stats", { userIds: subs(251) });
  expect(again).toMatchObject({ refreshed: 1, skipped: 250 });
  expect(again.plans[0]?.refreshed).toEqual(["user_stats:user-250"]);
});

test("a bulk load that fails does not stop the others, and is reported without email addresses", async () => {
  await using app = await setup();
  app.fail({ sub: "user-150" });
  const report = await app.warm("user_stats", { userIds: subs(300) });
  expect(report).toMatchObject({ state: "incomplete", refreshed: 200, failed: 100 });
  expect(report.plans[0]?.failed[0]).toEqual({
    key: "user_stats:user-100",
    error: "no statistics of [e-mail]",
  });
  expect(app.lines.filter(({ level }) => level === "warn").length).toBeLessThanOrEqual(5);
});

test("warming stops before its time is over and reports its progress, and the next run continues from there", async () => {
  await using app = await setup();
  // The time is over once one bulk load of a hundred has been requested, after the checks.
  const calls = app.table.calls();
  app.giveTime(() => (app.table.calls() < calls + CHECKS + 1 ? 60_000 : 1_900));
  const first = await app.warm("user_stats", { userIds: subs(250) });
  expect(first).toMatchObject({ state: "unfinished", refreshed: 100, left: 150 });
  expect(first.plans[0]?.left[0]).toBe("user_stats:user-100");
  app.giveTime(() => 60_000);
  const second = await app.warm("user_stats", { userIds: subs(250) });
  expect(second).toMatchObject({ state: "done", refreshed: 150, skipped: 100, left: 0 });
});

test("entries that the store does not keep count as failed, and the run as incomplete", async () => {
  await using app = await setup();
  app.fail({ commits: true });
  const report = await app.warm("user_stats", { userIds: subs(2) });
  expect(report).toMatchObject({ state: "incomplete", refreshed: 0, not_stored: 0, failed: 2 });
});

test("a plan whose list of entries takes too long is stopped in time", async () => {
  await using app = await setup();
  const { promise: never } = Promise.withResolvers<never>();
  app.replaceListActive(() => never);
  const end = Date.now() + 2_300;
  app.giveTime(() => end - Date.now());
  const report = await app.warm("user_stats");
  expect(report).toMatchObject({ state: "unfinished", plans: [{ out_of_time: true }] });
  expect(Date.now()).toBeLessThan(end);
});

test("a plan is not started when no time is left for it", async () => {
  await using app = await setup();
  let asked = 0;
  app.replaceListActive(async () => {
    asked += 1;
    return [];
  });
  app.giveTime(() => 2_000);
  const report = await app.warm("user_stats");
  expect(report).toMatchObject({ state: "unfinished", plans: [{ out_of_time: true }] });
  expect(asked).toBe(0);
});

test("an unreadable item is not reported as a database that is down", async () => {
  await using app = await setup();
  await app.tables.problems.create(aProblem());
  const { tableName: TableName, send } = app.table.db;
  const bad = { ...keys.problem(1), entity: "problem", id: "one" };
  await send(new PutCommand({ TableName, Item: bad }));
  const report = await app.warm("user_stats", { userIds: ["ann"] });
  expect(report).toMatchObject({ state: "done", down: [], refreshed: 1 });
});

test("a dry run lists due entries, and loads nothing", async () => {
  await using app = await setup();
  await app.warm("user_stats", { userIds: ["ann"] });
  const before = app.table.calls();
  const dry = await app.warm("user_stats", { userIds: ["ann", "bob"], dryRun: true });
  expect(dry).toMatchObject({ state: "done", dry_run: true, due: 1, skipped: 1, refreshed: 0 });
  expect(dry.plans[0]?.due).toEqual(["user_stats:bob"]);
  expect(app.table.calls() - before).toBe(CHECKS);
});

test("progress is logged during the run, as numbers only", async () => {
  await using app = await setup();
  await app.warm("user_stats", { userIds: subs(250) });
  expect(app.lines).toEqual([
    { level: "info", message: "warming", plan: "user_stats", entries: 250 },
    ...[100, 200, 250].map((done) => ({
      level: "info",
      message: "warming",
      plan: "user_stats",
      done,
      of: 250,
    })),
    expect.objectContaining({ message: "warmed", plan: "user_stats", refreshed: 250 }),
    expect.objectContaining({ message: "warming ended", state: "done", refreshed: 250 }),
  ]);
});

describe("a run of warming", () => {
  test.each([
    ["redis", { redis: true }],
    ["dynamodb", { database: true }],
  ])("while %s is down ends without an exception and names the service", async (name, what) => {
    await using app = await setup();
    app.fail(what);
    expect(await app.warm("problem_lists")).toMatchObject({
      state: "down",
      down: [name],
      refreshed: 0,
      plans: [],
    });
    expect(app.lines).toContainEqual({
      level: "warn",
      message: "warming skipped: services are down",
      down: [name],
    });
    app.fail({});
    expect(await app.warm("problem_lists")).toMatchObject({ state: "done", refreshed: 1 });
  });

  test("over an empty table stores the first page of all problems, and no users", async () => {
    await using app = await setup();
    const done = { state: "done", empty: true };
    expect(await app.warm("problem_lists")).toMatchObject({ ...done, refreshed: 1 });
    expect(await app.warm("problem_details")).toMatchObject({ ...done, refreshed: 0 });
    expect(await app.warm("user_stats")).toMatchObject({ ...done, refreshed: 0 });
    expect(app.lines).toContainEqual(
      expect.objectContaining({ message: "warming ended", empty: true }),
    );
    const { changes } = await app.tables.problems.create(aProblem());
    await app.cache.invalidate(tagsFor(changes));
    expect(await app.warm("problem_details")).toMatchObject({ empty: false, refreshed: 2 });
  });
});
