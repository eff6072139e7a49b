import { FEED_SHAPE, LEVELS, nodeOf } from "@algoitny/core/history/feed-shape";
import { putItems } from "@algoitny/core/table/batch-write";
import type { Database } from "@algoitny/core/table/database";
import { type Key, keys } from "@algoitny/core/table/keys";
import { createTables, type Tables } from "@algoitny/core/tables";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

const PUBLIC = { kind: "public" as const };

/** Number of requests of a piece of work, and the capacity units that the engine counts for it. */
async function costOf(db: Database, work: (tables: Tables) => Promise<unknown>) {
  let units = 0;
  let calls = 0;
  const send = async (command: { input: object }) => {
    calls += 1;
    Object.assign(command.input, { ReturnConsumedCapacity: "TOTAL" });
    const answer = (await db.send(command as never)) as {
      ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
    };
    for (const each of [answer.ConsumedCapacity ?? []].flat()) units += each.CapacityUnits ?? 0;
    return answer;
  };
  await work(createTables({ ...db, send: send as never }));
  return { units, calls };
}

test("a public execution costs the same units whether it is among the first or after the billionth", async () => {
  await using app = await setup();
  const { db } = app.table;
  const { id: problem_id } = await app.tables.problems.create(aProblem());
  const record = ({ history }: Tables) =>
    history.record(actor("ann"), anExecution({ problem_id, is_code_public: true }));
  const units: number[] = [];
  for (const last of [0, 1_000_000, 1_000_000_000]) {
    await app.changeItem(keys.counter("history"), { last });
    // The first execution of a group creates its counters.
    for (let count = 0; count < 2; count += 1) await record(createTables(db));
    units.push((await costOf(db, record)).units);
  }
  expect(units[0]).toBeGreaterThan(0);
  expect(new Set(units).size).toBe(1);
});

const { rangeSize, groupRanges, publicShards, radix } = FEED_SHAPE;

/**
 * Items of a public feed that has every id below `executions`, a whole number of groups: those that pages at the tested
 * offsets read.
 */
function seedOf(executions: number, offsets: readonly number[]) {
  const ranges = executions / rangeSize;
  const moved = ranges - 2 * groupRanges;
  const firstIds = offsets.map((offset) => executions - 1 - offset);
  const items = new Map<string, Record<string, unknown>>();
  const add = (key: Key, attributes: object) =>
    items.set(key.pk + key.sk, { ...key, ...attributes });
  for (const range of [moved, ...firstIds.map((id) => Math.floor(id / rangeSize))]) {
    for (let level = 1; level <= LEVELS; level += 1) {
      const index = nodeOf(FEED_SHAPE, level, range);
      const size = radix ** (level - 1);
      const children = Array.from({ length: radix }, (_, place) => {
        const inTree = Math.min(Math.max(moved - (index * radix + place) * size, 0), size);
        return [`c${place}`, inTree * rangeSize] as const;
      });
      const counts = Object.fromEntries(children.filter(([, count]) => count > 0));
      const groups = Array.from({ length: radix / groupRanges }, (_, group) => [
        `g${index * (radix / groupRanges) + group}`,
        true,
      ]).slice(0, Math.max(0, (moved - index * radix) / groupRanges));
      const marks = level === 1 ? Object.fromEntries(groups) : {};
      add(keys.feedNode(PUBLIC, level, index), { feed: "public", ...counts, ...marks });
    }
  }
  for (let shard = 0; shard < publicShards; shard += 1) {
    for (let range = moved; range < ranges; range += 1) {
      const key = keys.feedCounter(PUBLIC, Math.floor(range / groupRanges), shard);
      const count = Array.from({ length: rangeSize }).filter(
        (_, id) => (range * rangeSize + id) % publicShards === shard,
      ).length;
      add(key, { feed: "public", shard, ...items.get(key.pk + key.sk), [`b${range}`]: count });
    }
  }
  for (const first of firstIds) {
    const start = Math.floor(first / rangeSize) * rangeSize - 20;
    for (let id = start; id < start + rangeSize + 20; id += 1)
      add(keys.feedEntry(PUBLIC, id), { entity: "feed_entry", feed: "public", id });
    for (let id = first - 19; id <= first; id += 1)
      add(keys.history(id), {
        id,
        sub: "bob",
        user: 1,
        problem: 1,
        platform: "codeforces",
        problem_number: "4A",
        is_code_public: true,
        code: "x".repeat(3_500),
      });
  }
  return [...items.values()];
}

test.each([1_000_000, 1_000_000_000])(
  "a page costs at most 90 read units and 30 requests at any depth of %i executions",
  async (executions) => {
    await using app = await setup();
    const { db } = app.table;
    // Offset of the first execution of a range: all others of the range are read only to be skipped.
    const offsets = executions === 1_000_000 ? [899_999] : [0, 899_999_999, executions];
    await putItems(
      db,
      seedOf(
        executions,
        offsets.filter((offset) => offset < executions),
      ),
    );
    for (const offset of offsets) {
      let read: unknown;
      const { units, calls } = await costOf(db, async ({ history }) => {
        const query = { viewer: "ann", my_only: false, offset, limit: 20 };
        const { rows, count } = await history.page(query);
        read = { count, ids: rows.map(({ id }) => id) };
      });
      const all = Array.from({ length: 20 }, (_, index) => executions - 1 - offset - index);
      const ids = all.filter((id) => id >= 0);
      expect(read).toEqual({ count: executions, ids });
      expect(units).toBeGreaterThan(0);
      expect(units).toBeLessThanOrEqual(90);
      expect(calls).toBeLessThanOrEqual(30);
    }
  },
);
