import { MemoryStore, type Tag } from "@algoitny/cache";
import { ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { problemList } from "@algoitny/core/problem/problem.resources";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import { partOptions } from "@algoitny/core/problem/read-catalogue";
import { inputsFirst } from "@algoitny/core/tags";
import { tagsAbout } from "@algoitny/core/tags-about";
import { tagsOfEntity } from "@algoitny/core/views";
import { expect, test } from "vitest";
import { process, shelf, stepped } from "./support/catalogue-shelf.ts";

test("a process that holds the catalogue validates it with one command, and loads one segment after a change", async () => {
  const { reads, rename, tables } = shelf(60);
  const sent: string[] = [];
  const store = stepped(new MemoryStore(), (operation) => sent.push(operation));
  const [first, second] = [process(tables, store), process(tables, store)];
  expect(await first.titles()).toHaveLength(60);
  expect(reads.toSorted()).toEqual([...Array(60).keys()].map(String).concat("extent").toSorted());
  sent.length = reads.length = 0;
  expect(await second.titles()).toHaveLength(60);
  // First the extent, then 25 parts, from whose size it learns the number of parts that fit into one answer; then all
  // others.
  expect([sent, reads]).toEqual([["mget", "mget", "mget"], []]);
  sent.length = 0;
  for (const { titles } of [first, second]) await titles();
  expect([sent, reads]).toEqual([["mget", "mget"], []]);

  await first.cache.invalidate(rename(30_001, "another"));
  sent.length = 0;
  expect(await first.titles()).toContain("another");
  expect(await second.titles()).toContain("another");
  expect(reads.toSorted()).toEqual(["30", "extent"]);
  // Each process first looks at the extent alone, and does not find the entry that it knew.
  expect(sent).toEqual(["mget", "mget", "lease", "commit", "mget", "mget", "lease"]);
  sent.length = 0;
  for (const { titles } of [first, second]) await titles();
  expect(sent).toEqual(["mget", "mget"]);
});

test("a new problem in a far segment is found at once", async () => {
  const { rename, tables } = shelf(2);
  const { cache, titles } = process(tables, new MemoryStore());
  expect(await titles()).toEqual(["title 1001", "title 1"]);
  await cache.invalidate(rename(7_001, "far away"));
  expect(await titles()).toEqual(["far away", "title 1001", "title 1"]);
});

test("a process that runs out of time stores the loaded segments, and leaves no lease behind", async () => {
  const { reads, tables } = shelf(20);
  const store = new MemoryStore();
  let left = 10;
  const stuck = async () => (left-- > 0 ? tables() : new Promise<never>(() => {}));
  // The load gives up when 2 s are left: 900 ms after it has requested the segments.
  const remainingMs = () => (left === 10 ? 60_000 : 2_900);
  const slow = process(stuck, store, { remainingMs });
  await expect(slow.titles()).rejects.toMatchObject({ code: "load_timeout" });
  const leases = Array.from({ length: 20 }, (_, part) => `cache:1:lease:problem_segment:${part}`);
  expect(new Set(await store.mget(leases))).toEqual(new Set([null]));
  reads.length = 0;
  expect(await process(tables, store).titles()).toHaveLength(20);
  expect(reads).toHaveLength(11);
});

test("two segments are stored before the next ones are loaded, because the process may be stopped at that time", async () => {
  const { tables } = shelf(20);
  const store = new MemoryStore();
  let left = 3;
  const stuck = async () => (left-- > 0 ? tables() : new Promise<never>(() => {}));
  // The load's time limit ends the read after this test.
  process(stuck, store)
    .titles()
    .catch(() => undefined);
  const names = Array.from({ length: 20 }, (_, part) => `cache:1:problem_segment:${part}`);
  const stored = async () => (await store.mget(names)).filter((text) => text !== null).length;
  await expect.poll(stored, { interval: 5, timeout: 3_000 }).toBe(2);
});

test.each([
  [20, 0],
  [20, 0.5],
  [60, 0.5],
  [60, 0.99],
])(
  "a process that reads %i segments begins with a random one, and returns them in order",
  async (parts, at) => {
    const { reads, tables } = shelf(parts);
    const { titles } = process(tables, new MemoryStore(), { random: () => at });
    const ids = [...Array(parts).keys()].map((part) => part * 1_000 + 1);
    expect(await titles()).toEqual(ids.toReversed().map((id) => `title ${id}`));
    expect(reads.slice(0, 2)).toEqual(["extent", String(Math.floor(at * parts))]);
    expect(reads).toHaveLength(parts + 1);
  },
);

test("stored searches and pages of an unusual size share one byte budget; ordinary pages have none", async () => {
  const store = new MemoryStore();
  const { cache, source } = process(shelf(1).tables, store);
  const spent = async () => Number((await store.mget(["cache:1:budget:searches"]))[0]);
  const load = async (query: object) => {
    await cache.get(problemList, ProblemListQuery.parse(query), { source });
    return spent();
  };
  expect(await load({})).toBe(0);
  expect(await load({ platform: "codeforces" })).toBe(0);
  const first = await load({ search: "title" });
  expect(first).toBeGreaterThan(100);
  expect(await load({ page_size: "7" })).toBeGreaterThan(first);
});

test("a request reserves its last two seconds for its answer", () => {
  expect([5_000, 1_000].map((ms) => partOptions(() => ms).remainingMs())).toEqual([3_000, 0]);
  expect(partOptions().remainingMs()).toBe(Infinity);
});

test("a failed load of the catalogue fails the whole list, and the next read repeats it", async () => {
  const { tables } = shelf(3);
  let isDown = true;
  const failing = async () => {
    if (isDown) throw new Error("no database");
    return tables();
  };
  const { titles } = process(failing, new MemoryStore());
  await expect(titles()).rejects.toThrow("no database");
  isDown = false;
  expect(await titles()).toHaveLength(3);
});

test("tags that are invalidated together are ordered: the inputs of computed lists come first", () => {
  const { rename } = shelf(1);
  const lists = [
    inputsFirst(["problem_list_all", "problem_extent", "problem_segment:3", "problem:1"] as Tag[]),
    tagsFor([]),
    rename(1, "x"),
    rename(1_001, "y"),
    tagsAbout.problem(7),
    tagsOfEntity("problem"),
    tagsOfEntity("problem_counter"),
  ];
  const isInput = (tag: string) => /^(@resource:)?problem_(segment|extent)/.test(tag);
  for (const all of lists) {
    const firstOutput = all.findIndex((tag) => !isInput(tag));
    expect(all.slice(Math.max(0, firstOutput)).filter(isInput)).toEqual([]);
  }
  expect(lists[0]).toEqual([
    "problem_segment:3",
    "problem_extent",
    "problem_list_all",
    "problem:1",
  ]);
});

/**
 * Reads a list; a rename and the first of its invalidations happen before one step of the read, the other invalidations
 * before the same step or a later one. Returns what the next read shows.
 */
async function race(invalidations: (tags: Tag[]) => [Tag[], Tag[]], [first, second]: Steps) {
  const { rename, tables } = shelf(1);
  const store = new MemoryStore();
  const other = process(tables, store);
  await other.titles();
  let step = 0;
  let rest: Tag[] = [];
  const before = async () => {
    step += 1;
    if (step === first) {
      const [now, later] = invalidations(rename(1, "new"));
      rest = later;
      await other.cache.invalidate(now);
    }
    if (step === second) await other.cache.invalidate(rest);
  };
  const slowTables = async () => {
    await before();
    return tables();
  };
  const list = async ({ cache, source }: typeof other) => {
    const page = await cache.get(problemList, ProblemListQuery.parse({}), { source });
    return page.map(({ title }) => title);
  };
  await list(process(slowTables, stepped(store, before)));
  for (let left = STEPS; left > 0; left -= 1) await before();
  return list(other);
}

type Steps = readonly [first: number, second: number];

/** More steps than the read of a list by a new process has. */
const STEPS = 9;

test("a list that is read while its tags are invalidated in order is not old afterwards, in contrast to the reverse order", async () => {
  const stale = { given: 0, reversed: 0 };
  for (let first = 1; first <= STEPS; first += 1)
    for (let second = first; second <= STEPS; second += 1) {
      const steps: Steps = [first, second];
      const given = await race((tags) => [tags.slice(0, 1), tags.slice(1)], steps);
      const reversed = await race((tags) => [tags.slice(1), tags.slice(0, 1)], steps);
      if (given[0] !== "new") stale.given += 1;
      if (reversed[0] !== "new") stale.reversed += 1;
    }
  expect(stale.given).toBe(0);
  // In the reverse order, the same race causes the fault that the order prevents.
  expect(stale.reversed).toBeGreaterThan(0);
});
