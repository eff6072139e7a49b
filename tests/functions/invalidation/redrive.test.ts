import { Cache, defineResource, MemoryStore } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { problemList } from "@algoitny/core/problem/problem.resources";
import type { StreamRecord } from "@algoitny/core/table/change";
import { type Key, keys } from "@algoitny/core/table/keys";
import { tags } from "@algoitny/core/tags";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { redriveBatch, type RedriveContext } from "@algoitny/functions/invalidation/redrive";
import { createPoisonRecordSender } from "@algoitny/functions/invalidation/poison-records";
import { namesOfRecords } from "@algoitny/functions/invalidation/recorded-names";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord, SQSEvent } from "aws-lambda";
import { describe, expect, test } from "vitest";

function streamRecord(key: Key, after: object): StreamRecord {
  return { dynamodb: { Keys: marshall(key), NewImage: marshall({ ...key, ...after }) } };
}

/** A stream record of an item that no rule names. */
const counted: StreamRecord = {
  eventName: "INSERT",
  ...streamRecord(keys.counter("user"), { last: 1 }),
};
const STREAM_ARN = "arn:aws:dynamodb:us-east-1:1:table/t/stream/s";
const namesOfCounted = await namesOfRecords([counted], STREAM_ARN);

let loads = 0;
const load = () => (loads += 1);
/** Stand-ins for views: of one problem, of all test cases (by their resource), of a user, and a recorded one. */
const views = {
  detail: defineResource({
    name: "problem_detail",
    tags: () => [tags.problem(7)],
    ttl: "1 minute",
    load,
  }),
  testCases: defineResource({ name: "test_cases", ttl: "1 minute", load }),
  stats: defineResource({ name: "user_stats", ttl: "1 minute", load }),
  recorded: defineResource({
    name: "recorded",
    tags: () => namesOfCounted,
    ttl: "1 minute",
    load,
  }),
};
type ViewName = keyof typeof views;

function setup(readAgain: RedriveContext["readAgain"] = () => Promise.reject(new Error("gone"))) {
  const store: Store = new MemoryStore();
  const cache = new Cache({ store, resources: [problemList] });
  const lines: Record<string, unknown>[] = [];
  const log = createLog((line) => lines.push(JSON.parse(line)));
  const read = async (name: ViewName) => cache.get(views[name], undefined);
  /** Names of the views that the messages invalidated. */
  const emptiedBy = async (...bodies: string[]) => {
    const names = Object.keys(views) as ViewName[];
    const before = await Promise.all(names.map(read));
    const Records = bodies.map((body, index) => ({ messageId: `${index}`, body }));
    const result = await redriveBatch({ Records } as SQSEvent, {
      cache,
      log,
      readAgain,
      namesOf: namesOfRecords,
    });
    const after = await Promise.all(names.map(read));
    return { result, emptied: names.filter((_, index) => after[index] !== before[index]) };
  };
  return { store, emptiedBy, lines };
}

const NOTHING_FAILED = { batchItemFailures: [] };
const EVERYTHING = Object.keys(views);

const body = streamRecord(keys.problemBody(7), { id: 7, constraints: "new" });

/** The message that the stream function would send for a record. */
async function sendPoisonRecord(record: StreamRecord): Promise<string> {
  let sent = "";
  const put = createPoisonRecordSender("queue", async (message) => void (sent = message.body));
  await put({ eventID: "1", ...record } as DynamoDBRecord, new Error("unreadable"));
  return sent;
}

const givenUp = JSON.stringify({
  requestContext: { condition: "RecordAgeExceeded" },
  DDBStreamBatchInfo: {
    shardId: "shardId-1",
    startSequenceNumber: "100",
    endSequenceNumber: "200",
    batchSize: 2,
    streamArn: STREAM_ARN,
  },
});

test("the tags of records that Lambda passes are those of the stream that the records name", async () => {
  const passed = { ...counted, eventSourceARN: STREAM_ARN };
  await expect(namesOfRecords([passed])).resolves.toEqual(namesOfCounted);
});

test("segments of several records are invalidated before what is computed from them", async () => {
  const problem = (id: number) =>
    streamRecord(keys.problem(id), {
      id,
      platform: "codeforces",
      problem_id: `${id}`,
      title: "new",
      is_completed: true,
    });
  let named: readonly string[] = [];
  const invalidate = async (...all: readonly unknown[]) => {
    named = all.flat() as string[];
  };
  await redriveBatch({ Records: [{ messageId: "1", body: givenUp }] } as SQSEvent, {
    cache: { invalidate, clear: () => Promise.reject(new Error("cleared")) } as never,
    log: createLog(() => {}),
    readAgain: async () => [problem(7), problem(1_007)],
  });
  expect(named.slice(0, 3)).toEqual(["problem_segment:0", "problem_segment:1", "problem_extent"]);
});

describe("a poison record", () => {
  test("invalidates its exact tags when newer code can read it", async () => {
    const { emptiedBy } = setup();
    const { result, emptied } = await emptiedBy(await sendPoisonRecord(body));
    expect([result, emptied]).toEqual([NOTHING_FAILED, ["detail"]]);
  });

  test("invalidates every view of its entity when it is still unreadable", async () => {
    const { emptiedBy } = setup();
    const bad = streamRecord(keys.testCase(7, 7), { id: "seven" });
    expect((await emptiedBy(await sendPoisonRecord(bad))).emptied).toEqual(["detail", "testCases"]);
  });

  test.each<[string, StreamRecord]>([
    ["of no known entity", streamRecord({ pk: "PLANET#1", sk: "PLANET" }, { id: 7 })],
    ["without a key", { dynamodb: { NewImage: marshall({ id: 7 }) } }],
    ["without anything", {}],
  ])("clears the cache for a record %s", async (_, record) => {
    const { emptiedBy } = setup();
    expect((await emptiedBy(await sendPoisonRecord(record))).emptied).toEqual(EVERYTHING);
  });
});

describe("a discarded batch", () => {
  test("is read again from the stream, and invalidates what it changed", async () => {
    const asked: unknown[] = [];
    const { emptiedBy, lines } = setup(async (batch) => {
      asked.push(batch.DDBStreamBatchInfo);
      return [body, streamRecord(keys.counter("user"), { last: 1 })];
    });
    expect((await emptiedBy(givenUp)).emptied).toEqual(["detail"]);
    expect(asked).toMatchObject([{ shardId: "shardId-1", endSequenceNumber: "200" }]);
    expect(lines).toMatchObject([{ message: "stream records redriven", records: 2 }]);
  });

  test("invalidates every view of an entity whose records are unreadable in the stream too", async () => {
    const { emptiedBy } = setup(async () => [streamRecord(keys.userStats("ann"), { sub: 5 })]);
    expect((await emptiedBy(givenUp)).emptied).toEqual(["stats"]);
  });

  test("invalidates the recorded views that have read its items", async () => {
    const { emptiedBy } = setup(async () => [counted]);
    expect((await emptiedBy(givenUp)).emptied).toEqual(["recorded"]);
  });

  test("clears the cache when it has left the stream", async () => {
    const { emptiedBy, lines } = setup();
    expect((await emptiedBy(givenUp)).emptied).toEqual(EVERYTHING);
    expect(lines[0]).toMatchObject({ level: "error", messageId: "0" });
  });
});

test("one message that is unreadable clears the cache, whatever the others contain", async () => {
  const { emptiedBy } = setup();
  expect((await emptiedBy(await sendPoisonRecord(body), "{")).emptied).toEqual(EVERYTHING);
});

test.each(["{", '"text"', "{}", '{"kind":"unreadable_record"}'])(
  "an unreadable message clears the whole cache: %s",
  async (message) => {
    const { emptiedBy } = setup();
    const { result, emptied } = await emptiedBy(message);
    expect([result, emptied]).toEqual([NOTHING_FAILED, EVERYTHING]);
  },
);

test("all messages are repeated while the store does not answer", async () => {
  const { store, emptiedBy } = setup(async () => [body]);
  store.delete = () => Promise.reject(new Error("no answer"));
  const { result, emptied } = await emptiedBy(givenUp, givenUp);
  // The process whose invalidation failed loads the entry again; other processes still read the stored one.
  expect(emptied).toEqual(["detail"]);
  expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: "0" }, { itemIdentifier: "1" }] });
});
