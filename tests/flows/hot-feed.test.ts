import { createClient } from "@algoitny/core/table/database";
import { keys } from "@algoitny/core/table/keys";
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cost, type Json, type Person, startWorld, type World } from "../support/people.ts";

/** Time for which a hot page may miss other users' executions, plus the difference of the processes' clocks. */
const TOLERATED_MS = 1_000 + 50;

/** Number of consecutive loads after which a page is hot, each within a second of the one before. */
const RELOADS = 5;

/** Number of writes within which a page becomes hot: it never does on a machine so slow that loads are a second apart. */
const MOST_WRITES = 500;

/** Number of executions on a page. */
const PAGE = 20;

let world: World;
let problem: Json;
/** Executions that bob has recorded. */
const bobs = new Set<number>();

beforeAll(async () => {
  world = await startWorld({ instances: 2 });
  problem = await world.createProblem({ problem_id: "1000" });
});
afterAll(() => world.close());

/** The first page from a process, and the time of the request. */
async function read(process: number, as?: Person) {
  const askedMs = performance.now();
  const response = await world.call("/api/history/", {
    ...(as && { as: as.token }),
    headers: { "x-local-instance": String(process) },
  });
  const { results } = (await response.json()) as Json;
  const ids = (results as { id: number }[]).map(({ id }) => id);
  return { askedMs, ids, ...cost(response) };
}

/** True when a page lacks an execution that it should show: ids of two processes are in order to a second only. */
const leavesOut = (ids: readonly number[], id: number): boolean =>
  !ids.includes(id) && (ids.length < PAGE || id > (ids.at(-1) ?? 0));

async function record(as: Person): Promise<number> {
  const { id } = await world.record(as, problem.id, { is_code_public: true });
  if (as === world.bob) bobs.add(id);
  return id;
}

/** Writes and reads until the page is hot, that is until it misses Bob's last execution. */
async function heatUp(as?: Person): Promise<number> {
  await read(0, as);
  for (let writes = 0; writes < MOST_WRITES; writes += 1) {
    const id = await record(world.bob);
    const { ids } = await read(writes % 2, as);
    if (leavesOut(ids, id)) return id;
  }
  throw new Error(`the page was not hot after ${MOST_WRITES} writes`);
}

test("a page that is not hot shows every new execution at once, in every process", async () => {
  await read(0);
  // The stream repeats each invalidation, perhaps between two reads: then there are two loads after one write.
  for (let loads = 1; loads < RELOADS;) {
    const id = await record(world.bob);
    for (const process of [0, 1]) {
      const { ids, cache } = await read(process);
      expect(ids).toContain(id);
      loads += Number(cache !== "hit");
    }
  }
});

test("a hot page lacks only executions of the last second, and is loaded once in that time", async () => {
  await heatUp();
  const recorded: { id: number; atMs: number }[] = [];
  let [loads, readsOfHits, lastMs] = [0, 0, 0];
  const startMs = performance.now();
  for (let writes = 0; writes < 60; writes += 1) {
    const id = await record(world.bob);
    recorded.push({ id, atMs: performance.now() });
    for (const process of [0, 1]) {
      const { askedMs, ids, cache, reads } = await read(process);
      const missing = recorded.filter((each) => leavesOut(ids, each.id));
      for (const { atMs } of missing) expect(askedMs - atMs).toBeLessThan(TOLERATED_MS);
      loads += Number(cache !== "hit");
      if (cache === "hit") readsOfHits += reads;
      lastMs = performance.now();
    }
  }
  // The page is loaded once in a second, and five times more if it cooled in a pause.
  const seconds = Math.ceil((lastMs - startMs) / 1_000);
  expect(readsOfHits).toBe(0);
  expect(loads).toBeLessThanOrEqual((RELOADS + 2) * seconds);
});

test("a user's own executions are on their hot page at once, in every process", async () => {
  const { ann } = world;
  for (let times = 0; times < 3; times += 1) {
    await heatUp(ann);
    const own = await record(ann);
    for (const process of [0, 1])
      expect(leavesOut((await read(process, ann)).ids, own)).toBe(false);
  }
});

describe("a hot page loses an execution at once that is", () => {
  const client = () => createClient(world.dynamodb.endpoint);
  const remove = (Key: ReturnType<typeof keys.history>) =>
    client().send(new DeleteCommand({ TableName: world.dynamodb.table, Key }));
  const HIDDEN: Record<string, (id: number) => Promise<unknown>> = {
    "made private by its owner": (id) =>
      world.send("PATCH", `/api/history/${id}/`, world.bob, { is_code_public: false }),
    "made private by hand": (id) => world.changeItem(keys.history(id), { is_code_public: false }),
    "deleted by hand": (id) => remove(keys.history(id)),
    "taken out of the feed by hand": (id) => remove(keys.feedEntry({ kind: "public" }, id)),
  };

  test.each(Object.keys(HIDDEN))("%s", async (how) => {
    for (let times = 0; times < 3; times += 1) {
      await heatUp();
      const id = (await read(0)).ids.find((each) => bobs.has(each)) as number;
      await HIDDEN[how]?.(id);
      if (how.endsWith("by hand")) await world.streams.drained();
      expect((await read(0)).ids).not.toContain(id);
      expect((await read(1)).ids).not.toContain(id);
    }
  });
});
