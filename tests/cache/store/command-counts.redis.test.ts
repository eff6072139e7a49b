import { afterAll, beforeAll, expect, test } from "vitest";
import { Cache, type CacheOptions, type VerifyTask } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import {
  conditional,
  held,
  named,
  row,
  stale,
  tags,
  trusted,
} from "../../support/counted-views.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

const resources = [row, held, trusted, stale, named, conditional];

let upstash: TestUpstash;
let lastId = 0;

beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

/** A process whose time limits are long, because these tests count commands, not time. */
const instance = (more: Partial<CacheOptions> = {}) =>
  new Cache({
    store: createUpstashStore({ ...upstash, timeout: "20 seconds" }),
    storeTimeout: "20 seconds",
    prefix: "counts:1",
    resources,
    ...more,
  });

type Operation = () => Promise<unknown>;

interface Line {
  readonly operation: string;
  /** Number of commands; each is a separate request. */
  readonly commands: number;
  /** Prepares the operation with two processes and a private id. */
  readonly prepare: (one: Cache, other: Cache, id: number) => Promise<Operation> | Operation;
}

const many = (id: number, count = 100) =>
  Array.from({ length: count }, (_, index) => ({ id: id * 1_000 + index }));
const write = () => undefined;

/** Cost of each operation. A script counts as one command, whatever it calls. */
const LINES: readonly Line[] = [
  {
    operation: "a hit",
    commands: 1,
    prepare: async (one, _other, id) => {
      await one.get(row, { id });
      return () => one.get(row, { id });
    },
  },
  {
    operation: "a hit of an entry held in the process, revalidated",
    commands: 1,
    prepare: async (one, _other, id) => {
      await one.get(held, { id });
      return () => one.get(held, { id });
    },
  },
  {
    operation: "a hit of an entry held in the process, trusted",
    commands: 0,
    prepare: async (one, _other, id) => {
      await one.get(trusted, { id });
      return () => one.get(trusted, { id });
    },
  },
  { operation: "a miss", commands: 3, prepare: (one, _other, id) => () => one.get(row, { id }) },
  {
    operation: "a stale hit whose refresh is enqueued",
    commands: 1,
    prepare: async (one, _other, id) => {
      const deferring = instance({ enqueueRefresh: write });
      await one.get(stale, { id });
      await one.expire(tags.row(id));
      return () => deferring.get(stale, { id });
    },
  },
  {
    operation: "a stale hit refreshed by its reader",
    commands: 3,
    prepare: async (one, _other, id) => {
      await one.get(stale, { id });
      await one.expire(tags.row(id));
      return () => one.get(stale, { id });
    },
  },
  {
    operation: 'a refresh that is answered "not modified"',
    commands: 3,
    prepare: async (one, _other, id) => {
      await one.get(conditional, { id });
      return () => one.refresh(conditional, { id });
    },
  },
  {
    operation: "an entry held in the process that was invalidated and loaded elsewhere",
    commands: 2,
    prepare: async (one, other, id) => {
      await one.get(held, { id });
      await other.invalidate(tags.row(id));
      await other.get(held, { id });
      return () => one.get(held, { id });
    },
  },
  {
    operation: "an entry held in the process that was invalidated and not loaded again",
    commands: 3,
    prepare: async (one, other, id) => {
      await one.get(held, { id });
      await other.invalidate(tags.row(id));
      return () => one.get(held, { id });
    },
  },
  {
    operation: "an invalidation of one tag that 100 entries carry",
    commands: 1,
    prepare: async (one, _other, id) => {
      await one.getMany(row, many(id));
      return () => one.invalidate(tags.rows());
    },
  },
  {
    operation: "an invalidation of 1,000 tags",
    commands: 1,
    prepare: (one, _other, id) => () =>
      one.invalidate(many(id, 1_000).map((each) => tags.row(each.id))),
  },
  {
    operation: "an invalidation of one entry",
    commands: 1,
    prepare: (one, _other, id) => () => one.invalidate(row, { id }),
  },
  {
    operation: "an invalidation of a value under a getOrSet key",
    commands: 1,
    prepare: (one, _other, id) => () => one.delete(`own:${id}`),
  },
  {
    operation: "an expiry of 1,000 tags",
    commands: 1,
    prepare: (one, _other, id) => () =>
      one.expire(many(id, 1_000).map((each) => tags.row(each.id))),
  },
  {
    operation: "a change",
    commands: 2,
    prepare: (one, _other, id) => () => one.change([tags.row(id), tags.rows()], write),
  },
  {
    operation: "a set",
    commands: 2,
    prepare: (one, _other, id) => () =>
      one.set(row, { id }, () => ({ id }), { invalidate: tags.row(id) }),
  },
  {
    operation: "a hit of what was set",
    commands: 1,
    prepare: async (one, other, id) => {
      await one.set(row, { id }, () => ({ id }));
      return async () => expect((await other.getEntry(row, { id })).status).toBe("hit");
    },
  },
  {
    operation: "100 hits at once",
    commands: 1,
    prepare: async (one, _other, id) => {
      await one.getMany(row, many(id));
      return () => one.getMany(row, many(id));
    },
  },
  {
    operation: "100 misses at once",
    commands: 3,
    prepare: (one, _other, id) => () => one.getMany(row, many(id)),
  },
  {
    operation: "100 reads at once, of which 10 find an invalid entry",
    commands: 3,
    prepare: async (one, _other, id) => {
      await one.getMany(row, many(id));
      await one.invalidate(many(id, 10).map((each) => tags.row(each.id)));
      return () => one.getMany(row, many(id));
    },
  },
  {
    operation: "a warming of 100 entries that finds none due",
    commands: 1,
    prepare: async (one, _other, id) => {
      await one.getMany(row, many(id));
      return () => one.warm(row, many(id));
    },
  },
  {
    operation: 'a hit with `reads: "any"`',
    commands: 1,
    prepare: async (one, _other, id) => {
      const near = instance({ reads: "any" });
      await one.get(row, { id });
      // A replica that is one change behind has the entry after this write.
      await one.get(row, { id: -id });
      return () => near.get(row, { id });
    },
  },
  {
    operation: "a hit that is drawn for a check, which is enqueued",
    commands: 1,
    prepare: async (one, _other, id) => {
      const verifying = instance({ verify: { rate: 1, enqueue: write } });
      await one.get(row, { id });
      return () => verifying.get(row, { id });
    },
  },
  {
    operation: "a hit with tags of its value that the process has not seen",
    commands: 2,
    prepare: async (one, other, id) => {
      // The first load under a value tag is not stored.
      await one.get(named, { id });
      await one.get(named, { id });
      return async () => expect((await other.getEntry(named, { id })).status).toBe("hit");
    },
  },
  {
    operation: "a pattern that covers a whole resource",
    commands: 1,
    prepare: (one) => () => one.invalidatePattern("row:*"),
  },
  { operation: "clear", commands: 1, prepare: (one) => () => one.clear() },
  {
    operation: "a forced refresh",
    commands: 3,
    prepare: async (one, _other, id) => {
      await one.get(row, { id });
      return () => one.refresh(row, { id });
    },
  },
  {
    operation: "the check of a hit",
    commands: 1,
    prepare: async (_one, _other, id) => {
      const tasks: VerifyTask[] = [];
      const verifying = instance({ verify: { rate: 1, enqueue: (task) => void tasks.push(task) } });
      await verifying.get(row, { id });
      await verifying.get(row, { id });
      return () => verifying.runVerifyTask(tasks[0] as VerifyTask);
    },
  },
  {
    operation: "a beat",
    commands: 1,
    prepare: (one) => () => one.beat({ closedMs: Date.now(), expected: null }),
  },
];

test.for(LINES)(
  "$operation costs $commands commands, each a request",
  async ({ commands, prepare }) => {
    lastId += 1;
    const operation = await prepare(instance(), instance(), lastId);
    const before = upstash.stats();
    await operation();
    const after = upstash.stats();
    expect({
      commands: after.commands - before.commands,
      requests: after.requests - before.requests,
    }).toEqual({ commands, requests: commands });
  },
);
