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

/** A cache that checks all of its hits, over a map as the origin. */
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
  /** Runs the next check, at its time. */
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

test("an entry that equals a new load agrees, and its check ends there", async () => {
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

test("a change without an invalidation is found, and reported again at the end of each window", async () => {
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

test("a check ends as overtaken when another entry has replaced the one that was served", async () => {
  const { cache, book, books, next } = setup();
  await cache.get(book, 1);
  books.set(1, "Persuasion");
  await cache.get(book, 1);
  expect((await next()).verdict).toBe("suspect");
  await cache.refresh(book, 1);
  expect((await next()).verdict).toBe("overtaken");
});

test("a check of an entry that survives an invalidation by its throttled tag ends as overtaken", async () => {
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

test("a check asks the store whether an entry is valid, although this process trusts its copy", async () => {
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

test("a check asks the primary whether an entry is valid, although reads ask a lagging replica", async () => {
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

test("the rate is the share of hits that are checked", async () => {
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

/** The failures that are reported while checks are sent to a queue. */
async function failuresOf(work: () => Promise<unknown>): Promise<string[]> {
  const failures: string[] = [];
  const end = subscribe((event) => {
    if (event.type === "verify-failed") failures.push(event.error.message);
  });
  await work().finally(end);
  return failures;
}

test("a hit returns its value although the queue of checks rejects, and the failure is reported", async () => {
  const { cache, book, enqueue } = setup();
  await cache.get(book, 1);
  enqueue.mockImplementationOnce(() => {
    throw new Error("the queue is full");
  });
  const failures = await failuresOf(async () => expect(await cache.get(book, 1)).toBe("Emma"));
  expect(failures).toEqual(["the queue is full"]);
});

test("a hit waits at most 1 s for a queue of checks that hangs, and the failure is reported", async () => {
  const { cache, book, enqueue, clock } = setup();
  await cache.get(book, 1);
  enqueue.mockReturnValueOnce(new Promise(() => undefined) as never);
  const failures = await failuresOf(async () => {
    const reading = cache.get(book, 1);
    await clock.advance(1_000);
    expect(await valueSoFar(reading)).toBe("Emma");
  });
  expect(failures).toEqual([expect.stringContaining("not accepted within 1000 ms")]);
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

test("a rate that is 0, above 1 or not a number is refused", () => {
  const { store } = fleet();
  for (const rate of [0, 1.5, Number.NaN])
    expect(() => new Cache({ store, verify: { rate, enqueue: () => undefined } })).toThrow(
      "0 < verify.rate <= 1",
    );
});

test("missing entries of a batch are loaded before the check of a hit is sent to the queue", async () => {
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

test("a check compares with the entry in the store, not with the copy that this process holds", async () => {
  const { cache, book, books, next, instance } = setup({ options: { l1: true } });
  await cache.get(book, 1);
  books.set(1, "Persuasion");
  await cache.get(book, 1);
  expect((await next()).verdict).toBe("suspect");
  await instance().refresh(book, 1);
  expect((await next()).verdict).toBe("overtaken");
});

test("a hit waits until its check is in the queue: a function may be frozen once it has answered", async () => {
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
