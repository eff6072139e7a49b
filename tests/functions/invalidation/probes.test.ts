import { Cache, MemoryStore } from "@algoitny/cache";
import type { Probe } from "@algoitny/core/beat/beat-items";
import { keys } from "@algoitny/core/table/keys";
import {
  invalidateBatch,
  type StreamBatchReport,
} from "@algoitny/functions/invalidation/invalidate-batch";
import { redriveBatch } from "@algoitny/functions/invalidation/redrive";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord, SQSRecord } from "aws-lambda";
import { expect, test } from "vitest";

function record(item: Record<string, unknown> & { pk: string; sk: string }): DynamoDBRecord {
  const Keys = marshall({ pk: item.pk, sk: item.sk }) as never;
  return { dynamodb: { Keys, SequenceNumber: "1", NewImage: marshall(item) as never } };
}

const probe = (number: number, sentMs = 1_000) =>
  record({ ...keys.probe(number), entity: "probe", number, sent_ms: sentMs });
const statistics = record({ ...keys.userStats("ann"), sub: "ann", total_executions: 1 });
const unreadable = record({ ...keys.problemBody(1), id: "not a number" });

function setup() {
  const did: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const reports: StreamBatchReport[] = [];
  const store = new MemoryStore();
  const remove = store.delete.bind(store);
  store.delete = (names) => {
    did.push(`removed ${names.length}`);
    return remove(names);
  };
  const log = createLog((line) => lines.push(JSON.parse(line)));
  const cache = new Cache({ store });
  const handle = (records: DynamoDBRecord[], more: { notes?: boolean } = {}) =>
    invalidateBatch(
      { Records: records },
      {
        cache,
        log,
        sendPoisonRecord: async () => void did.push("put aside"),
        noteProbes: async (probes: readonly Probe[]) => {
          if (more.notes === false) throw new Error("no answer");
          did.push(`noted ${probes.map(({ number, sent_ms: at }) => `${number}@${at}`).join()}`);
        },
        report: (report) => reports.push(report),
      },
    );
  return { handle, store, cache, log, did, lines, reports };
}

const DONE = { batchItemFailures: [] };

test("of the probes, only number 0, which an entry reads, has a tag of recorded reads, so that the others cost a shard no command", async () => {
  const named: unknown[] = [];
  const namesOf = async (records: readonly unknown[]) => {
    named.push(...records);
    return [];
  };
  const records = [probe(1), probe(0), statistics, unreadable];
  const { cache, log } = setup();
  const sendPoisonRecord = async () => undefined;
  await invalidateBatch({ Records: records }, { cache, log, namesOf, sendPoisonRecord });
  expect(named).toEqual(records.slice(1));
});

test("a batch that contains only probes invalidates nothing, records the probes, and is not logged", async () => {
  const { handle, did, lines, reports } = setup();
  expect(await handle([probe(3), probe(5, 2_000)])).toEqual(DONE);
  expect([did, lines, reports]).toEqual([["noted 3@1000,5@2000"], [], []]);
});

test("a probe among changes is recorded after their invalidation, and invalidates nothing itself", async () => {
  const { handle, did, reports } = setup();
  await handle([statistics]);
  await handle([probe(1), statistics]);
  expect(did).toEqual(["removed 1", "removed 1", "noted 1@1000"]);
  expect(reports).toMatchObject([
    { records: 1, tags: 1 },
    { records: 2, tags: 1 },
  ]);
});

test("a batch whose invalidation failed records no probe, and is repeated", async () => {
  const { handle, store, did } = setup();
  store.delete = () => Promise.reject(new Error("no answer"));
  expect(await handle([statistics, probe(1)])).toEqual({
    batchItemFailures: [{ itemIdentifier: "1" }],
  });
  expect(did).toEqual([]);
});

test("when Redis refuses to record probes there is a warning, and the batch is not repeated", async () => {
  const { handle, lines } = setup();
  expect(await handle([statistics, probe(1)], { notes: false })).toEqual(DONE);
  expect(lines).toEqual([
    expect.objectContaining({ level: "warn", message: "probes could not be recorded" }),
  ]);
});

test("an unreadable record is queued before the probe behind it is recorded", async () => {
  const { handle, did } = setup();
  expect(await handle([unreadable, probe(1)])).toEqual(DONE);
  expect(did).toEqual(["put aside", "noted 1@1000"]);
});

test("a probe that is unreadable, or has another probe's number, is queued, and its redrive invalidates nothing", async () => {
  const { handle, cache, log, did } = setup();
  const other = record({ ...keys.probe(7), number: 8, sent_ms: 1_000 });
  const damaged = record({ ...keys.probe(7), number: "seven" });
  expect(await handle([other, damaged])).toEqual(DONE);
  expect(did).toEqual(["put aside", "put aside"]);
  const messages = [other, damaged].map(({ dynamodb }, index) => ({
    messageId: String(index),
    body: JSON.stringify({ kind: "unreadable_record", record: { dynamodb } }),
  }));
  const readAgain = () => Promise.reject(new Error("not asked"));
  await redriveBatch({ Records: messages as SQSRecord[] }, { cache, log, readAgain });
  expect(did).toEqual(["put aside", "put aside"]);
});

test("a probe that is deleted by hand records and invalidates nothing", async () => {
  const { handle, did } = setup();
  const { dynamodb } = probe(2);
  const removed = { dynamodb: { Keys: dynamodb!.Keys!, OldImage: dynamodb!.NewImage! } };
  expect(await handle([removed])).toEqual(DONE);
  expect(did).toEqual([]);
});
