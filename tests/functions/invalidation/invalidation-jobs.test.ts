import { Cache, MemoryStore } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import type { InvalidationJob } from "@algoitny/core/job/job";
import type { InvalidationRequest } from "@algoitny/functions/invalidation/manual-invalidation";
import {
  type JobContext,
  runInvalidationJobs,
} from "@algoitny/functions/invalidation/invalidation-jobs";
import { toJobView } from "@algoitny/functions/invalidation/invalidation-requests";
import { views } from "@algoitny/core/views";
import type { SQSEvent } from "aws-lambda";
import { describe, expect, test } from "vitest";

const START_MS = Date.parse("2025-10-07T00:00:00.000Z");

const MESSAGE = "5b1f0a6e-0c52-4d0e-9a55-6f5e1d2c3b4a";

const jobOf = (request: Partial<InvalidationRequest>): InvalidationJob => ({
  id: "0b8f7c1e-9a43-4b43-8d0e-3f5b0c0f8a11",
  status: "waiting",
  request: { tags: [], keys: [], soft: false, ...request },
  requested_by: "admin",
  requested_at: "2025-10-07T00:00:00.000Z",
  started_at: null,
  finished_at: null,
  attempts: 0,
  entries: 0,
  result: null,
  error: null,
});

/** A store with that number of entries; each step of a walk over it takes a second. */
async function setup(entries: number) {
  let nowMs = START_MS;
  const saved: InvalidationJob[] = [];
  const lines: string[] = [];
  const store: Store = new MemoryStore();
  const cache = new Cache({ store, resources: views, random: () => 0.5 });
  for (let index = 0; index < entries; index += 1)
    await cache.getOrSet(`other:${index}`, () => index, "1 minute");
  const walk = store.walk.bind(store);
  // Ten keys per step, as SCAN returns some keys of a large store at a time.
  let names: string[] = [];
  store.walk = async (request) => {
    nowMs += 1_000;
    const { keys } = await walk(request);
    if (request.cursor === "0") names = keys;
    const next = Number(request.cursor) + 10;
    const step = names.slice(Number(request.cursor), next);
    return { cursor: next < names.length ? String(next) : "0", keys: step };
  };
  const context = {
    cache,
    log: { info: () => {}, warn: () => {}, error: (text: string) => lines.push(text) },
    jobs: async () => ({ save: async (job: InvalidationJob) => void saved.push(job) }),
    remainingMs: () => 60_000,
    now: () => nowMs,
  };
  const run = (job: unknown, parts: Partial<JobContext> = {}, receives = 1) =>
    runInvalidationJobs(
      {
        Records: [
          {
            messageId: MESSAGE,
            body: JSON.stringify(job),
            attributes: {
              ApproximateReceiveCount: String(receives),
              SentTimestamp: String(START_MS),
            },
          },
        ],
      } as SQSEvent,
      { ...context, ...parts },
    );
  return { run, saved, store, lines };
}

const DONE = { batchItemFailures: [] };
const AGAIN = { batchItemFailures: [{ itemIdentifier: MESSAGE }] };

describe("a job", () => {
  test("saves its progress during its walk, and its result", async () => {
    const { run, saved } = await setup(35);
    expect(await run(jobOf({ pattern: "*:*" }))).toEqual(DONE);
    const progress = saved.map(({ status, entries }) => [status, entries]);
    expect(progress[0]).toEqual(["running", 0]);
    expect(progress.at(-1)).toEqual(["done", 35]);
    expect(progress.length).toBeGreaterThan(4);
    expect(saved.at(-1)).toMatchObject({
      finished_at: expect.stringMatching(/Z$/),
      attempts: 1,
      result: { pattern: { entries: 35 } },
    });
  });

  test("that runs out of time fails with the number of removed entries, and is not tried again", async () => {
    const { run, saved } = await setup(35);
    let leftMs = 20_000;
    const remainingMs = () => (leftMs -= 10_000);
    expect(await run(jobOf({ pattern: "*:*" }), { remainingMs })).toEqual(DONE);
    expect(saved.at(-1)).toMatchObject({
      status: "failed",
      error: expect.stringMatching(/time was over after [1-9]\d* entries/),
    });
  });

  test("ends its walk five seconds before its end, in time to save its progress", async () => {
    const { run, saved } = await setup(35);
    await run(jobOf({ pattern: "*:*" }), { remainingMs: () => 5_000 });
    expect(saved.at(-1)).toMatchObject({ status: "done" });
    await run(jobOf({ pattern: "*:*" }), { remainingMs: () => 4_999 });
    expect(saved.at(-1)).toMatchObject({ status: "failed" });
  });

  test("returns to the queue when the store fails, and fails after its last try", async () => {
    const { run, saved, store } = await setup(0);
    store.delete = () => Promise.reject(new Error("no answer"));
    expect(await run(jobOf({ problem_id: 7 }), {}, 4)).toEqual(AGAIN);
    expect(saved.at(-1)).toMatchObject({ status: "waiting", finished_at: null });
    expect(await run(jobOf({ problem_id: 7 }), {}, 5)).toEqual(AGAIN);
    expect(saved.at(-1)).toMatchObject({ status: "failed", attempts: 5 });
  });

  test("is done even if its progress cannot be saved, and is tried again until its result is saved", async () => {
    const { run, store } = await setup(0);
    const bumped: string[] = [];
    const remove = store.delete.bind(store);
    store.delete = (keys) => {
      bumped.push(...keys);
      return remove(keys);
    };
    const jobs = async () => ({ save: () => Promise.reject(new Error("no table")) });
    expect(await run(jobOf({ user_id: "ann" }), { jobs })).toEqual(AGAIN);
    expect(bumped).toContain("cache:1:tag:user_stats:ann");
  });

  test("may be a bare request, whose result is read by the message's id", async () => {
    const { run, saved } = await setup(3);
    expect(await run({ pattern: "kv:other:*", tags: ["problem_drafts"] })).toEqual(DONE);
    expect(saved.at(-1)).toMatchObject({
      id: MESSAGE,
      status: "done",
      requested_at: "2025-10-07T00:00:00.000Z",
      request: { pattern: "kv:other:*", tags: ["problem_drafts"] },
      result: { tags: ["problem_drafts"], pattern: { entries: 3 } },
    });
  });

  test.each([
    ["no JSON"],
    [null],
    [{}],
    [{ tags: ["planets:1"] }],
    [jobOf({ tags: ["planets:1"] as never })],
  ])("that is unreadable returns to the queue: %j", async (job) => {
    const { run, lines } = await setup(0);
    expect(await run(job)).toEqual(AGAIN);
    expect(lines).toHaveLength(1);
  });
});

describe("a job whose run was cut off", () => {
  const running = (attempts: number) => ({
    ...jobOf({}),
    status: "running" as const,
    started_at: "2025-10-07T00:00:00.000Z",
    attempts,
  });
  const minutesLater = (minutes: number) => START_MS + minutes * 60_000;

  test("has failed once no other try can follow", () => {
    expect(toJobView(running(5), minutesLater(7))).toMatchObject({
      status: "failed",
      error: expect.stringContaining("timed out"),
    });
  });

  test("counts as running while its run may still go on, and while another try will follow", () => {
    expect(toJobView(running(5), minutesLater(5))).toEqual(running(5));
    expect(toJobView(running(4), minutesLater(7))).toEqual(running(4));
  });
});
