import { isDeepStrictEqual } from "node:util";
import { CoreError } from "@algoitny/core/core-error";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import { entityOf, type StreamRecord } from "@algoitny/core/table/change";
import type { EntityName, Written } from "@algoitny/core/table/entities";
import { createTables } from "@algoitny/core/tables";
import { views } from "@algoitny/core/views";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { scale } from "../../support/scale.ts";
import { setup } from "../support/fixtures.ts";
import { readingOnce, readTable, recordsOf, tagsOfRecord } from "./records.ts";
import { type View, VIEWS } from "./random-views.ts";
import { begin, handWrite, making, setting, type Write } from "./writes.ts";
import { uncached } from "@algoitny/core/uncached";

/** Record of one write and its effects. */
interface Step {
  write: Write;
  /** Result from the API; undefined when it refused the write, or for a manual write. */
  written: Written | undefined;
  /** Error of a write that failed without being refused: the database may have made it all the same. */
  failure: unknown;
  records: readonly StreamRecord[];
  /** The views whose value has changed. */
  changed: readonly View[];
}

/** Makes one write after another in a new table, and compares every view after each. */
async function* stepsOf(writes: readonly Write[]): AsyncGenerator<Step> {
  await using app = await setup();
  const { tables } = app;
  const { db } = app.table;
  const look = async () => {
    const tablesNow = createTables(readingOnce(db));
    const source = uncached(() => Promise.resolve(tablesNow));
    const answers = await Promise.all(VIEWS.map((view) => view.read(source)));
    return { answers, items: await readTable(db) };
  };
  await begin(tables);
  let before = await look();
  for (const write of writes) {
    let failure: unknown;
    const written = await write(tables, db).catch((error: unknown) => {
      if (!(error instanceof CoreError)) failure = error; // a refused write changes nothing
      return undefined;
    });
    const after = await look();
    const changed = VIEWS.filter(
      (_, index) => !isDeepStrictEqual(before.answers[index], after.answers[index]),
    );
    yield { write, written, failure, records: recordsOf(before.items, after.items), changed };
    before = after;
  }
}

/** Keys of the changed views that none of the tags invalidates: each would be served stale. */
const missed = (changed: readonly View[], invalidated: readonly string[]): string[] =>
  changed
    .filter(({ tags }) => !tags.some((tag) => invalidated.includes(tag)))
    .map(({ key }) => key);

const tagsOfWrite = ({ written }: Step): string[] => tagsFor(written?.changes ?? []);
const tagsOfStream = ({ records }: Step): string[] => records.flatMap(tagsOfRecord);

/**
 * Entity → tags that its changes may invalidate unnecessarily, because the record lacks the data to decide; every other
 * invalidation must be needed.
 */
const WIDE: { [E in EntityName]?: readonly string[] } = {
  // The record contains neither the problem's executions nor the other problems of its segment.
  problem: ["problem_visibility", "problem_extent"],
  // Only the head shows whether the problem is a draft, listed or deleted.
  problem_body: ["problem_drafts", "problem_registered"],
};

/** Tags that a record invalidates although no view that carries them has changed. */
function inVain(record: StreamRecord, changed: readonly View[]): string[] {
  const wide = WIDE[entityOf(record) ?? "counter"] ?? [];
  return tagsOfRecord(record).filter(
    (tag) =>
      !wide.includes(tag) &&
      VIEWS.some(({ tags }) => tags.includes(tag)) &&
      !changed.some(({ tags }) => tags.includes(tag)),
  );
}

test("every cached view is covered", () => {
  const looked = new Set(VIEWS.map(({ key }) => key.split(":")[0]));
  expect(looked).toEqual(new Set(views.map(({ name }) => name)));
});

const NOTHING_WRONG = {
  failure: undefined,
  missedByWrite: [],
  missedByStream: [],
  missedByOtherTry: [],
  inVain: [],
};

test("any order and repetition of the API's writes invalidates every view that shows something else afterwards, and others only where a record lacks the data to decide", async () => {
  const tries = fc.oneof(
    making.map((write) => [write]),
    setting.map((write) => [write, write]),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(tries, { minLength: 8, maxLength: 18 }), async (writes) => {
      let previous: Step | undefined;
      for await (const step of stepsOf(writes.flat())) {
        const isOtherTry = previous?.write === step.write && step.written !== undefined;
        expect({
          failure: step.failure,
          missedByWrite: missed(step.changed, tagsOfWrite(step)),
          missedByStream: missed(step.changed, tagsOfStream(step)),
          missedByOtherTry: isOtherTry ? missed(previous?.changed ?? [], tagsOfWrite(step)) : [],
          inVain: step.records.flatMap((record) => inVain(record, step.changed)),
        }).toEqual(NOTHING_WRONG);
        previous = step;
      }
    }),
    { numRuns: scale.soundness.api },
  );
}, 1_200_000);

test("with edits by hand in between, the stream invalidates every view that shows something else afterwards", async () => {
  const writes = fc.array(fc.oneof(making, setting, handWrite), { minLength: 10, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(writes, async (all) => {
      for await (const step of stepsOf(all)) {
        expect(missed(step.changed, tagsOfStream(step))).toEqual([]);
      }
    }),
    { numRuns: scale.soundness.hand },
  );
}, 1_200_000);
