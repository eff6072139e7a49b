import { expect, test, vi } from "vitest";
import {
  Cache,
  type CacheEvent,
  defineResource,
  defineTags,
  type ResourceOptions,
  subscribe,
  throttled,
  type VerifyTask,
} from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { overNetwork, TestStore } from "@algoitny/cache/testing";
import { fleet } from "../../support/test-cache.ts";
import { valueSoFar } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ book: (id: number) => [id] });

interface SetupOptions {
  options?: BookOptions;
  rate?: number;
  reads?: "any";
  wrap?: (store: Store) => Store;
}

type BookOptions = Partial<ResourceOptions<number, string, void>>;

/** A cache that has all of its hits checked, over a map that stands for the origin. */
function setup({ options = {}, rate = 1, ...more }: SetupOptions = {}) {
  const books = new Map([[1, "Emma"]]);
  const load = vi.fn((id: number) => books.get(id) as string);
  const book = defineResource<number, string>({
    name: "book",
    tags: (id) => [tags.book(id)],
    ttl: "1 hour",
    jitter: 0,
    ...options,
    load,
  });
  const waiting: { task: VerifyTask; delayMs: number }[] = [];
  const enqueue = vi.fn(async (task: VerifyTask, delayMs: number) => {
    waiting.push({ task, delayMs });
  });
  const all = fleet({ resources: [book], verify: { rate, enqueue }, ...more });
  /** Runs the check that is due next, when it is due. */
  const next = async () => {
    const { task, delayMs } = waiting.shift() as (typeof waiting)[number];
    await all.clock.advance(delayMs);
    return all.cache.runVerifyTask(task);
  };
  return { ...all, book, books, load, waiting, enqueue, next };
}

async function verdictsOf(work: () => Promise<unknown>) {
  const events: CacheEvent[] = [];
  const end = subscribe((event) => events.push(event));
  await work().finally(end);
  return events.flatMap((event) =>
    event.type === "verified" ? [[event.verdict, event.windowMs]] : [],
  );
}

test("an entry that is as the origin has it agrees, and nothing more is asked", async () => {
  const { cache, book, next, waiting } = setup();
  await cache.get(book, 1);
  expect(waiting).toEqual([]);
  await cache.get(book, 1);
  expect(waiting).toEqual([
    {
      task: { resource: "book", key: "book:1", params: 1, entryId: expect.any(String) },
      delayMs: 0,
    },
  ]);
  expect(await verdictsOf(next)).toEqual([["agrees", 0]]);
  expect(waiting).toEqual([]);
});

test("a change that nothing invalidates is found, and reported again for each window", async () => {
  const { cache, book, books, next, waiting } = setup();
  await cache.get(book, 1);
  books.set(1, "Persuasion");
  await cache.get(book, 1);
  const verdicts = await verdictsOf(async () => {
    while (waiting.length > 0) await next();
  });
  expect(verdicts).toEqual([
    ["suspect", 0],
    ["stale", 10_000],
    ["stale", 60_000],
    ["stale", 300_000],
  ]);
});

test("a change whose invalidation comes within the first window is not reported", async () => {
  const { cache, book, books, next, clock } = setup();
  await cache.get(book, 1);
  books.set(1, "Persuasion");
  await cache.get(book, 1);
  expect((await next()).verdict).toBe("suspect");
  await clock.advance(9_000);
  await cache.invalidate(tags.book(1));
  expect((await next()).verdict).toBe("overtaken");
});

test("an entry that was replaced meanwhile is not judged by the one that was served", async () => {
  const { cache, book, books, next } = setup();
  await cache.get(book, 1);
  books.set(1, "Persuasion");
  await cache.get(book, 1);
  expect((await next()).verdict).toBe("suspect");
  await cache.refresh(book, 1);
  expect((await next()).verdict).toBe("overtaken");
});

test("an entry that a throttled tag spares is overtaken, whatever is tolerated", async () => {
  const throttle = { tags: (id: number) => [throttled(tags.book(id), "30 seconds")] };
  const { cache, book, books, next } = setup({ options: throttle });
  await cache.get(book, 1);
  books.set(1, "Persuasion");
  await cache.get(book, 1);
  expect((await next()).verdict).toBe("suspect");
  await cache.invalidate(tags.book(1));
  expect(await cache.get(book, 1)).toBe("Emma");
  expect((await next()).verdict).toBe("overtaken");
});

test("a copy that this process trusts is not asked for its own validity", async () => {
  const { cache, book, books, next, instance } = setup({
    options: { l1: { revalidateAfter: "1 minute" } },
  });
  await cache.get(book, 1);
  books.set(1, "Persuasion");
  await cache.get(book, 1);
  expect((await next()).verdict).toBe("suspect");
  await instance().invalidate(tags.book(1));
  expect(await cache.get(book, 1)).toBe("Emma");
  expect((await next()).verdict).toBe("overtaken");
});

test("an entry from a lagging replica is not evidence", async () => {
  let now = () => 0;
  const store = new TestStore({ now: () => now(), lagMs: 60_000 });
  const { cache, book, books, next, clock } = setup({ reads: "any", wrap: () => store });
  now = clock.now;
  await cache.get(book, 1);
  await clock.advance(61_000);
  books.set(1, "Persuasion");
  await cache.get(book, 1);
  expect((await next()).verdict).toBe("suspect");
  await cache.invalidate(tags.book(1));
  expect(await cache.get(book, 1)).toBe("Emma");
  expect((await next()).verdict).toBe("overtaken");
});

test("a check stores nothing and takes no lease", async () => {
  const asked: string[] = [];
  const wrap = (store: Store) =>
    overNetwork(store, { fault: (operation) => (asked.push(operation), "none") });
  const { cache, book, next } = setup({ wrap });
  await cache.get(book, 1);
  await cache.get(book, 1);
  asked.length = 0;
  await next();
  expect(asked).toEqual(["mget"]);
});

test.for<[string, BookOptions]>([
  ["with loads that may be older than an invalidation", { consistency: "eventual" }],
  ["with values that depend on more than the data", { verify: false }],
  ["with loads that need their reader", { enqueueRefresh: false }],
])("resources %s are not checked", async ([, options]) => {
  const { cache, book, enqueue } = setup({ options });
  await cache.get(book, 1);
  await cache.get(book, 1);
  expect(enqueue).not.toHaveBeenCalled();
});

test("the rate is a share of the hits", async () => {
  let draws = 0;
  const { store, clock, book } = setup();
  const enqueue = vi.fn();
  const random = () => ((draws += 1) % 10) / 10;
  const cache = new Cache({ store, clock, random, verify: { rate: 0.2, enqueue } });
  await cache.get(book, 1);
  for (let reads = 0; reads < 100; reads += 1) await cache.get(book, 1);
  // Each read draws twice: for an early refresh, and for its check.
  expect(enqueue).toHaveBeenCalledTimes(20);
});

/** The failures that are reported while hits are handed to a queue. */
async function failuresOf(work: () => Promise<unknown>): Promise<string[]> {
  const failures: string[] = [];
  const end = subscribe((event) => {
    if (event.type === "verify-failed") failures.push(event.error.message);
  });
  await work().finally(end);
  return failures;
}

test("a queue that fails costs the hit no value, and is reported", async () => {
  const { cache, book, enqueue } = setup();
  await cache.get(book, 1);
  enqueue.mockImplementationOnce(() => {
    throw new Error("the queue is full");
  });
  const failures = await failuresOf(async () => expect(await cache.get(book, 1)).toBe("Emma"));
  expect(failures).toEqual(["the queue is full"]);
});

test("a queue that hangs is waited for 1 s at most, and is reported", async () => {
  const { cache, book, enqueue, clock } = setup();
  await cache.get(book, 1);
  enqueue.mockReturnValueOnce(new Promise(() => undefined) as never);
  const failures = await failuresOf(async () => {
    const reading = cache.get(book, 1);
    await clock.advance(1_000);
    expect(await valueSoFar(reading)).toBe("Emma");
  });
  expect(failures).toEqual([expect.stringContaining("not taken over within 1000 ms")]);
});

test("a check rejects when the store or the origin does not answer, so that its queue repeats it", async () => {
  let isDown = false;
  const wrap = (store: Store) => overNetwork(store, { fault: () => (isDown ? "refused" : "none") });
  const { cache, book, waiting, load } = setup({ wrap });
  await cache.get(book, 1);
  await cache.get(book, 1);
  const { task } = waiting[0] as (typeof waiting)[number];
  load.mockImplementationOnce(() => {
    throw new Error("database down");
  });
  await expect(cache.runVerifyTask(task)).rejects.toThrow("database down");
  isDown = true;
  await expect(cache.runVerifyTask(task)).rejects.toMatchObject({ code: "store_failed" });
});

test("a rate of none or of more than all is refused", () => {
  const { store } = fleet();
  for (const rate of [0, 1.5, Number.NaN])
    expect(() => new Cache({ store, verify: { rate, enqueue: () => undefined } })).toThrow(
      "0 < verify.rate <= 1",
    );
});

test("what is missing is loaded before a hit's check is handed over", async () => {
  const { cache, book, books, load, enqueue } = setup();
  books.set(2, "Persuasion");
  await cache.get(book, 1);
  const queue = Promise.withResolvers<void>();
  enqueue.mockReturnValueOnce(queue.promise);
  load.mockClear();
  const reading = cache.getMany(book, [1, 2]);
  await expect.poll(() => load.mock.calls).toEqual([[2, undefined, expect.anything()]]);
  queue.resolve();
  expect(await reading).toEqual(["Emma", "Persuasion"]);
});

test("a copy that this process holds does not stand for the entry in the store", async () => {
  const { cache, book, books, next, instance } = setup({ options: { l1: true } });
  await cache.get(book, 1);
  books.set(1, "Persuasion");
  await cache.get(book, 1);
  expect((await next()).verdict).toBe("suspect");
  await instance().refresh(book, 1);
  expect((await next()).verdict).toBe("overtaken");
});

test("a hit waits until its check is handed over, since a function may be frozen once it has answered", async () => {
  const { cache, clock, book, enqueue } = setup();
  await cache.get(book, 1);
  const queue = Promise.withResolvers<void>();
  enqueue.mockReturnValueOnce(queue.promise);
  const read = vi.fn<(value: string) => void>();
  const reading = cache.get(book, 1).then(read);
  await expect.poll(() => enqueue.mock.calls.length).toBe(1);
  await clock.advance(10);
  expect(read).not.toHaveBeenCalled();
  queue.resolve();
  await reading;
  expect(read).toHaveBeenCalledWith("Emma");
});
