import { createClient } from "@algoitny/core/table/database";
import { keys } from "@algoitny/core/table/keys";
import { type DynamoDbEngine, startDynamoDb } from "@algoitny/local/dynamodb/start-dynamodb";
import { enginesFromEnvironment } from "@algoitny/local/engines";
import { BatchWriteCommand, GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type HeldDatabase, startHeldDatabase } from "../support/held-database.ts";
import { type Json, startWorld, type World } from "../support/people.ts";

// Measured faults of the earlier backend, one by one; other tests cover each in more depth.

let engine: DynamoDbEngine;
let database: HeldDatabase;
let world: World;

beforeAll(async () => {
  engine = await startDynamoDb(enginesFromEnvironment().dynamodb);
  database = await startHeldDatabase(engine.endpoint);
  vi.stubEnv("DYNAMODB_ENDPOINT", database.endpoint);
  world = await startWorld({ instances: 2 });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await world.close();
  await database[Symbol.asyncDispose]();
  await engine.close();
});

const titlesIn = (items: Json): string[] => items.map(({ title }: Json) => title);
const byPlatform = ({ platform, problem_id }: Json) => `/api/problems/${platform}/${problem_id}/`;

/** Each read twice, so that the second one is a hit. */
async function fill(...reads: [path: string, as?: World["admin"]][]): Promise<void> {
  for (const [path, as] of [...reads, ...reads]) await world.get(path, as);
}

test("after a rename, the details by platform, registered problems and drafts show the new title at once", async () => {
  const [problem, draft] = [
    await world.createProblem(),
    await world.createProblem({ is_completed: false }),
  ];
  await fill(
    [byPlatform(problem)],
    ["/api/problems/registered/", world.admin],
    ["/api/problems/drafts/", world.admin],
  );
  for (const { id } of [problem, draft])
    await world.send("PATCH", `/api/problems/${id}/`, world.admin, { title: `Renamed ${id}` }, 200);
  expect((await world.get(byPlatform(problem))).title).toBe(`Renamed ${problem.id}`);
  expect(titlesIn((await world.get("/api/problems/registered/", world.admin)).problems)).toContain(
    `Renamed ${problem.id}`,
  );
  expect(titlesIn((await world.get("/api/problems/drafts/", world.admin)).drafts)).toContain(
    `Renamed ${draft.id}`,
  );
});

test("after a change of its completion, a problem moves between drafts and lists at once", async () => {
  const { id, title, ...rest } = await world.createProblem({ is_completed: false });
  const [registered, drafts] = ["/api/problems/registered/", "/api/problems/drafts/"] as const;
  await fill([registered, world.admin], [drafts, world.admin], ["/api/problems/"]);
  await world.send("PATCH", `/api/problems/${id}/`, world.admin, { is_completed: true }, 200);
  expect(titlesIn((await world.get(drafts, world.admin)).drafts)).not.toContain(title);
  expect(titlesIn((await world.get(registered, world.admin)).problems)).toContain(title);
  expect(titlesIn(await world.get("/api/problems/"))).toContain(title);
  await fill([byPlatform(rest)]);
  await world.send("PATCH", `/api/problems/${id}/`, world.admin, { is_completed: false }, 200);
  expect((await world.call(byPlatform(rest))).status).toBe(404);
  expect(titlesIn(await world.get("/api/problems/"))).not.toContain(title);
});

test("after a deletion, details are a 404, and statistics equal what the history shows", async () => {
  const problem = await world.createProblem();
  await world.record(world.ann, problem.id);
  await fill(
    [`/api/problems/${problem.id}/`],
    [byPlatform(problem)],
    ["/api/account/stats/", world.ann],
  );
  await world.send("DELETE", `/api/problems/${problem.id}/`, world.admin, {}, 200);
  for (const path of [`/api/problems/${problem.id}/`, byPlatform(problem)])
    expect([path, (await world.call(path)).status]).toEqual([path, 404]);
  const refused = await world.call("/api/history/", {
    method: "POST",
    as: world.ann.token,
    body: JSON.stringify({
      problem_id: problem.id,
      language: "c",
      code: "",
      result_summary: {},
      passed_count: 0,
      failed_count: 1,
      total_count: 1,
      is_code_public: false,
    }),
  });
  expect(refused.status).toBe(404);
  // Deleting a problem removes its executions neither from the history nor from the statistics.
  const { count } = await world.get("/api/history/?my_only=true", world.ann);
  expect((await world.get("/api/account/stats/", world.ann)).total_executions).toBe(count);
});

test("a bulk write directly to the table invalidates every view that it changes", async () => {
  const problems: Json[] = [];
  for (let count = 0; count < 25; count += 1) problems.push(await world.createProblem());
  await world.streams.drained();
  const paths = ["/api/problems/?page_size=200", ...problems.map(byPlatform)];
  await fill(...paths.map((path): [string] => [path]));
  const client = createClient(engine.endpoint);
  const TableName = world.dynamodb.table;
  const heads = await Promise.all(
    problems.map(
      async ({ id }) =>
        (await client.send(new GetCommand({ TableName, Key: keys.problem(id) }))).Item,
    ),
  );
  const puts = heads.map((head) => ({
    PutRequest: { Item: { ...head, title: `Bulk ${head?.["id"]}` } },
  }));
  await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: puts } }));
  await world.streams.drained();
  const titles = titlesIn(await world.get(paths[0] as string));
  for (const problem of problems) {
    expect(titles).toContain(`Bulk ${problem.id}`);
    expect((await world.get(byPlatform(problem))).title).toBe(`Bulk ${problem.id}`);
  }
});

test("a rename during the load of an uncached list is in the next answer, 12 times out of 12", async () => {
  const { id } = await world.createProblem();
  for (let round = 0; round < 12; round += 1) {
    await world.streams.drained();
    await world.send("POST", "/api/ops/cache/clear/", world.admin, {}, 200);
    database.hold();
    const filling = world.get("/api/problems/");
    await expect.poll(() => database.waiting()).toBeGreaterThan(0);
    const renaming = world.send(
      "PATCH",
      `/api/problems/${id}/`,
      world.admin,
      { title: `Round ${round}` },
      200,
    );
    // Both are in progress, and either may come first.
    database.letGo();
    await renaming;
    expect(titlesIn(await world.get("/api/problems/"))).toContain(`Round ${round}`);
    await filling;
    expect(titlesIn(await world.get("/api/problems/"))).toContain(`Round ${round}`);
  }
});
