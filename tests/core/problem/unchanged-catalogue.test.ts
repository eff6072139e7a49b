import { MemoryStore } from "@algoitny/cache";
import { cachedParts } from "@algoitny/core/problem/cached-parts";
import { createCatalogueReader, type PartReads } from "@algoitny/core/problem/read-catalogue";
import { makeSegment } from "@algoitny/core/problem/segment";
import {
  invalidateManually,
  InvalidationRequest,
} from "@algoitny/functions/invalidation/manual-invalidation";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { process, shelf, stepped } from "./support/catalogue-shelf.ts";

const PARTITIONS = 3;

test("a process that has found all segments valid looks at the extent alone, and at all of them again after five seconds", async () => {
  let nowMs = 1_000_000;
  const sent: number[] = [];
  const store = stepped(new MemoryStore(), (_, names) => sent.push((names as string[]).length));
  const { titles } = process(shelf(60).tables, store, { now: () => nowMs });
  /** Number of names in each command of a read. */
  const namesOfRead = async () => {
    sent.length = 0;
    await titles();
    return [...sent];
  };
  await titles();
  const [all = 0, ...others] = await namesOfRead();
  expect([all > 60, others]).toEqual([true, []]);
  const [extent = 0, ...more] = await namesOfRead();
  expect([extent < 6, more]).toEqual([true, []]);
  nowMs += 4_999;
  expect(await namesOfRead()).toEqual([extent]);
  nowMs += 1;
  expect(await namesOfRead()).toEqual([all]);
  expect(await namesOfRead()).toEqual([extent]);
  // A clock that was set back does not show the time that has passed.
  nowMs -= 10_000;
  expect(await namesOfRead()).toEqual([all]);
});

test("a process that finds another extent reads all parts again", async () => {
  const read = createCatalogueReader();
  let id = "first";
  let reads = 0;
  const parts: PartReads = {
    read: async (named) => {
      reads += 1;
      return named.map((part) => ({
        value: part === "extent" ? { partitions: 1 } : makeSegment([]),
        id: part === "extent" ? id : "segment",
      }));
    },
    extentId: async () => id,
  };
  await read(parts);
  reads = 0;
  await read(parts);
  expect(reads).toBe(0);
  id = "second";
  await read(parts);
  expect(reads).toBe(1);
});

test("the extent of recorded segments proves nothing, so that all parts are looked at", () => {
  const { cache, source } = process(shelf(1).tables, new MemoryStore());
  expect(cachedParts(cache, { source }, false).extentId).toBeUndefined();
});

/** A change of a problem's title, and what makes it known. */
interface Change {
  readonly partition: number;
  readonly by: keyof typeof KNOWN_BY;
}

type Request = Partial<InvalidationRequest>;

/** A write of the API, or a change by hand and the request of an operator who knows of it. */
const KNOWN_BY = {
  write: () => undefined,
  tag: (partition: number): Request => ({ tags: [`problem_segment:${partition}`] as never }),
  key: (partition: number): Request => ({ keys: [`problem_segment:${partition}`] }),
  pattern: (partition: number): Request => ({ pattern: `problem_segment:${partition}*` }),
  view: (): Request => ({ pattern: "problem_segment:*" }),
  problem: (partition: number): Request => ({ problem_id: partition * 1_000 + 1 }),
} as const;

/** Events during a read of the catalogue, or while a change is made known. */
interface Round {
  readonly before: readonly Change[];
  readonly change: Change;
  /** Number of steps of the read before the change; or, if `isNested`, of the change before another read. */
  readonly at: number;
  readonly isNested: boolean;
  /** Number of the operation of the reader's store that fails. */
  readonly failing: number;
}

const change = fc.record({
  partition: fc.nat({ max: PARTITIONS - 1 }),
  by: fc.constantFrom(...(Object.keys(KNOWN_BY) as Change["by"][])),
});
const round: fc.Arbitrary<Round> = fc.record({
  before: fc.array(change, { maxLength: 2 }),
  change,
  at: fc.integer({ min: 1, max: 7 }),
  isNested: fc.boolean(),
  failing: fc.integer({ min: 1, max: 30 }),
});

/** Three processes over one store, of which the first two may be interrupted before each operation. */
function fleet() {
  const { rename, tables } = shelf(PARTITIONS);
  const shared = new MemoryStore();
  const before: ((operation: string) => Promise<void>)[] = [async () => {}, async () => {}];
  const [reader, writer] = before.map((_, at) =>
    process(
      tables,
      stepped(shared, (operation) => before[at]?.(operation)),
      // A step lasts as long as what happens before it.
      { storeTimeout: "1 minute" },
    ),
  ) as [ReturnType<typeof process>, ReturnType<typeof process>];
  const third = process(tables, shared);
  const titles = Array.from({ length: PARTITIONS }, (_, at) => `title ${at * 1_000 + 1}`);
  let count = 0;

  async function make({ partition, by }: Change): Promise<void> {
    const title = `title ${(count += 1)} by ${by}`;
    const tags = rename(partition * 1_000 + 1, title);
    titles[partition] = title;
    const request = KNOWN_BY[by](partition);
    if (request === undefined) await writer.cache.invalidate(tags);
    else await invalidateManually(InvalidationRequest.parse(request), writer);
  }

  return { before, reader, third, make, all: [reader, writer, third], titles };
}

test("a read that begins after a change is known shows it, whatever happens during other reads", async () => {
  const outcome = await fc.check(
    fc.asyncProperty(fc.array(round, { minLength: 2, maxLength: 6 }), async (rounds) => {
      const { before, reader, third, make, all, titles } = fleet();
      for (const { before: earlier, change: during, at, isNested, failing } of rounds) {
        for (const each of earlier) await make(each);
        let step = 0;
        let isMade = isNested;
        before[0] = async (operation) => {
          step += 1;
          if (step === failing) throw new Error("the store does not answer");
          if (step < at || isMade) return;
          isMade = true;
          await make(during);
          // Stores what the change has invalidated before the reader can, unless the reader has the leases.
          if (operation === "mget" || operation === "lease") await third.titles();
        };
        let nested = 0;
        before[1] = async () => {
          nested += 1;
          if (!isNested || nested !== at) return;
          for (let times = 0; times < 2; times += 1)
            for (const one of [reader, third]) await one.titles();
        };
        if (!isNested) await reader.titles();
        if (isNested || !isMade) await make(during);
        before[0] = before[1] = async () => {};
        // Three times: the first reads of a process may only prepare the next one.
        for (let times = 0; times < 3; times += 1)
          for (const one of all) expect(await one.titles()).toEqual(titles.toReversed());
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
  expect(fc.defaultReportMessage(outcome)).toBeUndefined();
}, 60_000);
