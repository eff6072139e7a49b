import { enginesFromEnvironment } from "@algoitny/local/engines";
import { type DynamoDbEngine, startDynamoDb } from "@algoitny/local/dynamodb/start-dynamodb";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type HeldDatabase, startHeldDatabase } from "../support/held-database.ts";
import { cost, type Json, startWorld, type World } from "../support/people.ts";

let engine: DynamoDbEngine;
let database: HeldDatabase;
let world: World;
let problem: Json;

/** Test cases live for a second here; jitter adds a tenth at most. */
const LIFETIME_MS = 1_100;

beforeAll(async () => {
  engine = await startDynamoDb(enginesFromEnvironment().dynamodb);
  database = await startHeldDatabase(engine.endpoint);
  vi.stubEnv("DYNAMODB_ENDPOINT", database.endpoint);
  vi.stubEnv("CACHE_TEST_CASES_TTL", "1");
  world = await startWorld({ instances: 2 });
  problem = await world.createProblem();
  await world.streams.drained();
  // Warm-up: the modules that a process loads for its first stale hit are not under test.
  for (const instance of ["0", "1"]) {
    await read(DETAIL());
    await expire();
    await world.call(DETAIL(), { headers: { "x-local-instance": instance } });
    await world.queues.drained();
  }
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await world.close();
  await database[Symbol.asyncDispose]();
  await engine.close();
});

const DETAIL = () => `/api/problems/${problem.id}/`;
const TEST_CASES = () => `/api/problems/${problem.id}/testcases/`;

const expire = () =>
  world.send("POST", "/api/ops/cache/invalidate/", world.admin, {
    problem_id: problem.id,
    soft: true,
  });
const outlive = async () => {
  const loadedMs = Date.now();
  await expect.poll(() => Date.now() - loadedMs, { timeout: 5_000 }).toBeGreaterThan(LIFETIME_MS);
};
const read = async (path: string) => {
  const response = await world.call(path);
  return { ...cost(response), body: await response.text() };
};
const refreshRuns = () =>
  world.entries.filter(
    (entry) => entry.kind === "queue" && entry.text.startsWith("queue/refresh-entries"),
  );

test.each([
  ["expired by hand", DETAIL, expire],
  ["past its lifetime", TEST_CASES, outlive],
])(
  "100 requests for an entry %s are answered while its only load hangs",
  async (_, path, makeStale) => {
    const { body } = await read(path());
    await makeStale();
    const before = refreshRuns().length;
    database.hold();
    try {
      // In quarters, so that a busy machine does not make the cache's store look slow.
      for (let quarter = 0; quarter < 4; quarter += 1) {
        const answers = await Promise.all(Array.from({ length: 25 }, () => read(path())));
        expect(answers).toEqual(answers.map(() => ({ cache: "stale", reads: 0, body })));
        await expect.poll(() => database.waiting(), { timeout: 5_000 }).toBeGreaterThan(0);
      }
    } finally {
      database.letGo();
    }
    await world.queues.drained();
    expect(refreshRuns()).toHaveLength(before + 1);
    // A load that was held for longer than its lease is not stored: its message is delivered again.
    world.queues.skip(60);
    await world.queues.drained();
    expect(await read(path())).toEqual({ cache: "hit", reads: 0, body });
  },
);
