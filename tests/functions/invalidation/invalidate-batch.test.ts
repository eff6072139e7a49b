import { Cache, defineResource, MemoryStore, parseTag } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { type Key, keys } from "@algoitny/core/table/keys";
import { tags } from "@algoitny/core/tags";
import {
  invalidateBatch,
  type StreamBatchReport,
  type StreamContext,
} from "@algoitny/functions/invalidation/invalidate-batch";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { createPoisonRecordSender } from "@algoitny/functions/invalidation/poison-records";
import type { OutgoingMessage } from "@algoitny/functions/sqs";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import { describe, expect, test } from "vitest";

let loads = 0;
const detail = defineResource({
  name: "detail",
  key: ({ id }: { id: number }) => `id:${id}`,
  tags: ({ id }) => [tags.problem(id)],
  ttl: "1 minute",
  load: () => (loads += 1),
});

function setup() {
  const lines: Record<string, unknown>[] = [];
  const reports: StreamBatchReport[] = [];
  const bumps: string[][] = [];
  const store: Store = new MemoryStore();
  const remove = store.delete.bind(store);
  store.delete = (names) => {
    bumps.push([...names]);
    return remove(names);
  };
  const cache = new Cache({ store });
  const handle = (records: DynamoDBRecord[], context: Partial<StreamContext> = {}) =>
    invalidateBatch(
      { Records: records },
      {
        cache,
        log: createLog((line) => lines.push(JSON.parse(line))),
        report: (report) => reports.push(report),
        ...context,
      },
    );
  return { cache, store, handle, lines, reports, bumps };
}

const body = (id: number, constraints: string) => ({
  ...keys.problemBody(id),
  id,
  constraints,
  solution_code: null,
});
const unreadable = { ...keys.problemBody(1), id: "not a number" };

function record(sequence: string, before: Key | null, after: Key | null): DynamoDBRecord {
  const { pk, sk } = after ?? before ?? keys.problemBody(1);
  return {
    eventID: `event-${sequence}`,
    dynamodb: {
      Keys: marshall({ pk, sk }) as never,
      SequenceNumber: sequence,
      ApproximateCreationDateTime: 1_700_000_000 + Number(sequence),
      ...(before && { OldImage: marshall(before) as never }),
      ...(after && { NewImage: marshall(after) as never }),
    },
  };
}

const NOTHING_FAILED = { batchItemFailures: [] };
const ids = [1, 2, 3];
const readAll = (cache: Cache) => Promise.all(ids.map((id) => cache.get(detail, { id })));

describe("a batch of the table's stream", () => {
  test("invalidates its tags of recorded reads with those of the rules, in one command", async () => {
    const { handle, bumps } = setup();
    const batch = [record("1", body(1, "old"), body(1, "new")), record("2", null, unreadable)];
    const asked: unknown[] = [];
    const namesOf: StreamContext["namesOf"] = async (records) => {
      asked.push(records);
      return [parseTag("d:name")];
    };
    await handle(batch, { namesOf, sendPoisonRecord: async () => undefined });
    expect(asked).toEqual([batch]);
    expect(bumps).toEqual([
      expect.arrayContaining(["cache:1:tag:d:name", "cache:1:tag:problem:1"]),
    ]);
  });

  test("invalidates the views of its changes, and no others", async () => {
    const { cache, handle } = setup();
    const before = await readAll(cache);
    const batch = [record("1", body(1, "old"), body(1, "new")), record("2", null, body(3, "new"))];
    expect(await handle(batch)).toEqual(NOTHING_FAILED);
    const after = await readAll(cache);
    expect(ids.map((_, index) => after[index] === before[index])).toEqual([false, true, false]);
  });

  test("reports the earliest record that fails, though its sequence number has fewer digits than the others'", async () => {
    const { store, handle } = setup();
    store.delete = () => Promise.reject(new Error("no answer"));
    const batch = ["10", "9", "11"].map((sequence) => record(sequence, null, body(1, sequence)));
    expect(await handle(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: "9" }] });
  });

  test("succeeds when one of its records is unreadable: that is queued, and the others are handled", async () => {
    const { cache, handle } = setup();
    const before = await readAll(cache);
    const aside: unknown[] = [];
    const batch = [record("1", null, unreadable), record("2", null, body(2, "new"))];
    const sendPoisonRecord = async (one: DynamoDBRecord) =>
      void aside.push(one.dynamodb?.SequenceNumber);
    const outcome = handle(batch, { sendPoisonRecord }).catch((error: Error) => error.message);
    expect(await outcome).toEqual(NOTHING_FAILED);
    expect(aside).toEqual(["1"]);
    expect((await readAll(cache))[1]).not.toBe(before[1]);
  });

  test("invalidates the views that showed a deleted item", async () => {
    const { cache, handle } = setup();
    const before = await readAll(cache);
    await handle([record("1", body(2, "old"), null)]);
    expect((await readAll(cache))[1]).not.toBe(before[1]);
  });

  test("invalidates each of its tags once, by one request", async () => {
    const { handle, bumps } = setup();
    const changes = Array.from({ length: 100 }, (_, index) =>
      record(`${index}`, body(1, `${index}`), body(1, `${index + 1}`)),
    );
    await handle(changes);
    const [only = [], ...others] = bumps;
    expect(others).toEqual([]);
    expect(new Set(only).size).toBe(only.length);
  });

  test.each([
    ["repeated", ["1", "2", "1"]],
    ["in another order", ["3", "2", "1"]],
    ["a day late", ["1"]],
  ])("that arrives %s still invalidates what was stored since", async (_, order) => {
    const { cache, handle } = setup();
    const batch = order.map((sequence) => record(sequence, null, body(Number(sequence), "new")));
    await handle(batch);
    const between = await readAll(cache);
    const dayLater = () => 1_700_000_000_000 + 86_400_000;
    expect(await handle(batch, { now: dayLater })).toEqual(NOTHING_FAILED);
    expect((await readAll(cache))[0]).not.toBe(between[0]);
  });

  test("is repeated from its lowest sequence number when the store does not answer", async () => {
    const { store, handle, lines } = setup();
    store.delete = () => Promise.reject(new Error("no answer"));
    const sequences = ["900000000000000000012", "900000000000000000011", "900000000000000000100"];
    const batch = sequences.map((sequence) => record(sequence, null, body(1, "a")));
    expect(await handle(batch)).toEqual({
      batchItemFailures: [{ itemIdentifier: "900000000000000000011" }],
    });
    expect(lines).toEqual([
      expect.objectContaining({ level: "error", sequence: "900000000000000000011" }),
    ]);
  });

  test("is counted: its records, tags, the age of the oldest record, and failures", async () => {
    const { store, handle, reports } = setup();
    const batch = [record("5", null, body(1, "a")), record("3", null, unreadable)];
    const now = () => 1_700_000_010_000;
    await handle(batch, { now });
    const counts = { records: 2, tags: 4, unreadable: 1, oldestRecordMs: 7_000 };
    expect(reports).toEqual([{ ...counts, failed: 0 }]);
    store.delete = () => Promise.reject(new Error("no answer"));
    await handle(batch, { now });
    expect(reports[1]).toEqual({ ...counts, failed: 2 });
  });
});

describe("an unreadable record", () => {
  test("is reported and queued, and those around it are handled", async () => {
    const { cache, handle, lines } = setup();
    const before = await readAll(cache);
    const messages: OutgoingMessage[] = [];
    const sendPoisonRecord = createPoisonRecordSender(
      "queue",
      async (message) => void messages.push(message),
    );
    const bad = record("2", null, unreadable);
    const batch = [record("1", null, body(1, "new")), bad, record("3", null, body(3, "new"))];
    expect(await handle(batch, { sendPoisonRecord })).toEqual(NOTHING_FAILED);
    const after = await readAll(cache);
    expect(ids.map((_, index) => after[index] === before[index])).toEqual([false, true, false]);
    expect(lines).toEqual([expect.objectContaining({ level: "error", sequence: "2" })]);
    expect(messages.map((message) => JSON.parse(message.body))).toEqual([
      {
        kind: "unreadable_record",
        sequenceNumber: "2",
        eventId: "event-2",
        reason: expect.objectContaining({ message: expect.stringContaining("problem_body") }),
        record: { dynamodb: bad.dynamodb },
      },
    ]);
  });

  test("is queued without its images when they are large", async () => {
    const messages: OutgoingMessage[] = [];
    const sendPoisonRecord = createPoisonRecordSender(
      "queue",
      async (message) => void messages.push(message),
    );
    const large = { ...unreadable, constraints: "x".repeat(390_000) };
    await sendPoisonRecord(record("1", large, large), new Error("no"));
    expect(JSON.parse(messages[0]?.body ?? "").record.dynamodb).toEqual({
      Keys: marshall(keys.problemBody(1)),
    });
  });

  test.each<[string, StreamContext["sendPoisonRecord"]]>([
    ["there is no queue for it", undefined],
    ["the queue does not take it", () => Promise.reject(new Error("no queue"))],
  ])("clears the cache when %s, so that nothing stays stale", async (_, sendPoisonRecord) => {
    const { cache, handle } = setup();
    const before = await readAll(cache);
    const batch = [record("1", null, unreadable), record("2", null, body(1, "new"))];
    expect(await handle(batch, { sendPoisonRecord })).toEqual(NOTHING_FAILED);
    const after = await readAll(cache);
    expect(ids.filter((_id, index) => after[index] === before[index])).toEqual([]);
  });
});
