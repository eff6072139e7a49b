import type { _Record as StreamRecord } from "@aws-sdk/client-dynamodb-streams";
import { marshall } from "@aws-sdk/util-dynamodb";
import { type Key, keys } from "@algoitny/core/table/keys";
import { tags } from "@algoitny/core/tags";
import { subscriptions } from "@algoitny/functions/deployment/subscriptions";
import { startRuntime, type Runtime } from "@algoitny/local/invoke";
import { functionEnvironment } from "@algoitny/local/runtime/environment";
import type { FailureRecord } from "@algoitny/local/streams/destination";
import { startEventSourceMapping } from "@algoitny/local/streams/mapping";
import type { Subscription } from "@algoitny/local/streams/subscription";
import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { memoryStream, shortSleep } from "../../local/streams/support/test-stream.ts";
import { type CacheProcess, type Origin, startCacheProcess } from "../../support/cache-process.ts";
import { type Command, stepOf } from "../../support/store-steps.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

const HOUR_MS = 3_600_000;
const SHARD = "shard";

let upstash: TestUpstash;
/** The deployed handler of the table's stream, with a separate cache. */
let functions: Runtime;
let [a, b] = [] as unknown as [CacheProcess, CacheProcess];
let lastId = 0;
let sequence = 0;
/** The table that loads read. */
const database = new Map<number, string>();
let inLoad = async (): Promise<void> => {};

const origin: Origin = async ({ params: [row] }) => {
  const value = database.get(row?.id ?? 0);
  await inLoad();
  return value;
};

beforeAll(async () => {
  upstash = await testUpstash();
  const { url, token } = upstash;
  const auth = { issuer: "x", audience: "x", jwksUri: url, adminEmails: [], adminClaim: "x" };
  const links = { Table: { name: "unused" }, Redis: { url, token }, Auth: auth };
  functions = startRuntime({ env: functionEnvironment(links, { dynamodb: url }), watched: [] });
  const start = () =>
    startCacheProcess({
      upstash,
      origin,
      resources: { row: { ttl: "1 hour" } },
      options: { prefix: "algoitny:1" },
    });
  [a, b] = await Promise.all([start(), start()]);
});
afterEach(() => upstash.intercept());
afterAll(async () => {
  await Promise.all([functions.close(), a[Symbol.asyncDispose](), b[Symbol.asyncDispose]()]);
  await upstash.close();
});

const newRow = (value: string) => {
  lastId += 1;
  database.set(lastId, value);
  return lastId;
};
const rowOf = (id: number) => ({ id, tags: [tags.problem(id), tags.problem_bodies()] });
const read = (process: CacheProcess, id: number) => process.get("row", rowOf(id));
/** Values of changed rows, read by both processes. */
const seen = async (...ids: number[]) =>
  (await Promise.all(ids.map(async (id) => [await read(a, id), await read(b, id)]))).flat();

/** Changes a row and returns its stream record. */
function change(id: number, value: string, writtenMs = Date.now()): StreamRecord {
  const image = (constraints: string | undefined) =>
    marshall({ ...keys.problemBody(id), id, constraints, solution_code: null });
  const before = image(database.get(id));
  database.set(id, value);
  return record(keys.problemBody(id), { OldImage: before, NewImage: image(value) }, writtenMs);
}

function record(key: Key, images: StreamRecord["dynamodb"], writtenMs = Date.now()) {
  return {
    eventName: "MODIFY",
    dynamodb: {
      ApproximateCreationDateTime: new Date(writtenMs),
      Keys: marshall(key),
      SequenceNumber: String(++sequence),
      ...images,
    },
  } satisfies StreamRecord;
}

/** Delivers records to the handler as Lambda's event source mapping does; resolves at the end of the stream. */
async function deliver(
  records: readonly StreamRecord[],
  limits: Partial<Subscription> = {},
  onDestination: (queue: string, failure: FailureRecord) => void = () => {},
) {
  const stream = memoryStream();
  stream.addShard(SHARD);
  // A repeated record keeps its sequence number in reality; the mapping checkpoints by it, so here the repetition gets
  // another.
  stream.append(
    SHARD,
    records.map((each) => ({
      ...each,
      dynamodb: { ...each.dynamodb, SequenceNumber: String(++sequence) },
    })),
  );
  await using mapping = await startEventSourceMapping({
    endpoint: "",
    tableName: "",
    name: "Invalidate",
    subscription: { ...subscriptions.Invalidate, ...limits },
    invoke: functions.invoke,
    source: stream.source,
    sleep: shortSleep,
    onDestination,
  });
  await mapping.drained();
}

describe("records that are repeated or out of order never restore an old value:", () => {
  test("event A, applied again after B, leaves an entry from between them invalid", async () => {
    const id = newRow("first");
    const eventA = change(id, "after A");
    await deliver([eventA]);
    expect(await seen(id)).toEqual(["after A", "after A"]);
    const eventB = change(id, "after B");
    await deliver([eventB]);
    await deliver([eventA]);
    expect(await seen(id)).toEqual(["after B", "after B"]);
    await deliver([eventA, eventB, eventA]);
    expect(await seen(id)).toEqual(["after B", "after B"]);
  });

  test("event A, applied again after B, does not admit a fill that began between them", async () => {
    const id = newRow("first");
    const eventA = change(id, "after A");
    await deliver([eventA]);
    const [reached, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    inLoad = () => {
      inLoad = async () => {};
      reached.resolve();
      return release.promise;
    };
    const slow = a.read("row", rowOf(id));
    await reached.promise;
    const eventB = change(id, "after B");
    await deliver([eventB]);
    await deliver([eventA]);
    release.resolve();
    expect(await slow).toMatchObject({ value: "after A", stored: false, detail: "fill-refused" });
    expect(await seen(id)).toEqual(["after B", "after B"]);
  });

  test("in any order and any number of repetitions", async () => {
    const order = fc.array(fc.nat({ max: 5 }), { minLength: 0, maxLength: 6 });
    const batchSize = fc.integer({ min: 1, max: 12 });
    await fc.assert(
      fc.asyncProperty(order, order, batchSize, async (before, after, size) => {
        const ids = [newRow("0"), newRow("0"), newRow("0")];
        await seen(...ids);
        const events = ["1", "2"].flatMap((value) => ids.map((id) => change(id, value)));
        const pick = (numbers: number[]) => numbers.flatMap((number) => events[number] ?? []);
        await deliver([...pick(before), ...events.toReversed(), ...pick(after)], {
          batchSize: size,
        });
        expect(await seen(...ids)).toEqual(Array(6).fill("2"));
        await deliver(pick(before), { batchSize: size });
        expect(await seen(...ids)).toEqual(Array(6).fill("2"));
      }),
      { numRuns: 20 },
    );
  });
});

/** A deletion that was executed for its first key only, as by a store that splits commands. */
const firstKeyOf = (command: Command): Command => command.slice(0, 2);

describe("a batch that fails", () => {
  test.each([
    "before anything was done",
    "in the middle",
    "when all was done but the answer was lost",
  ])("%s is repeated until it succeeds, and the batches behind it follow", async (when) => {
    const ids = [newRow("old"), newRow("old"), newRow("old"), newRow("old")];
    await seen(...ids);
    let failures = 0;
    upstash.intercept(async (commands, run) => {
      // One failure more than twice the client's attempts.
      if (failures === 5 || stepOf(commands[0] ?? []) !== "delete") return run();
      failures += 1;
      if (when === "in the middle") await upstash.redis.call(firstKeyOf(commands[0] ?? []));
      if (when.startsWith("when all")) await run();
      throw new Error("connection reset");
    });
    await deliver(
      ids.map((id) => change(id, "new")),
      { batchSize: 2 },
    );
    expect(failures).toBe(5);
    expect(await seen(...ids)).toEqual(Array(8).fill("new"));
  });

  test("because of one poison record delays neither the other records of the batch nor those behind it", async () => {
    const ids = [newRow("old"), newRow("old"), newRow("old")];
    const [first = 0, second = 0, third = 0] = ids;
    await seen(...ids);
    const poison = [
      record(keys.problemBody(1), { NewImage: marshall({ id: "not a number" }) }),
      record(keys.problemBody(2), { OldImage: marshall({}) }),
    ];
    const records = [change(first, "new"), ...poison, change(second, "new"), change(third, "new")];
    await deliver(records, { batchSize: 4 });
    expect(await seen(...ids)).toEqual(Array(6).fill("new"));
  });
});

describe("a stream that is 24 hours behind", () => {
  test("invalidates what its records name, once, and never restores an old value", async () => {
    const id = newRow("old");
    const late = change(id, "a day ago", Date.now() - 24 * HOUR_MS);
    database.set(id, "now");
    expect(await seen(id)).toEqual(["now", "now"]);
    await deliver([late], { maximumRecordAgeSeconds: -1 });
    expect((await a.read("row", rowOf(id))).status).toBe("miss");
    expect(await seen(id)).toEqual(["now", "now"]);
    expect((await b.read("row", rowOf(id))).status).toBe("hit");
  });

  test("discards records only when the entries that they affect have expired", async () => {
    const [id, young] = [newRow("old"), newRow("old")];
    const [old, notes]: [StreamRecord, FailureRecord[]] = [
      change(id, "new", Date.now() - 24 * HOUR_MS),
      [],
    ];
    database.set(id, "old");
    await seen(id, young);
    database.set(id, "new");
    await deliver([old, change(young, "new")], {}, (_, note) => void notes.push(note));
    expect(notes.map(({ requestContext }) => requestContext.condition)).toEqual([
      "RecordAgeExceeded",
    ]);
    expect(await seen(young)).toEqual(["new", "new"]);
    await Promise.all([a, b].map((process) => process.jumpClock(24 * HOUR_MS)));
    expect(await seen(id)).toEqual(["new", "new"]);
    await Promise.all([a, b].map((process) => process.resetClock()));
  });
});

test("a discarded batch is replaced by the invalidation of one wide tag, because its message does not name the rows", async () => {
  const ids = [newRow("old"), newRow("old"), newRow("old")];
  await seen(...ids);
  upstash.intercept(async (commands, run) => {
    if (stepOf(commands[0] ?? []) !== "delete") return run();
    throw new Error("connection reset");
  });
  const notes: FailureRecord[] = [];
  await deliver(
    ids.map((id) => change(id, "new")),
    { maximumRetryAttempts: 1 },
    (_, note) => void notes.push(note),
  );
  upstash.intercept();
  const givenUp = notes.map(({ DDBStreamBatchInfo: { batchSize } }) => batchSize);
  expect(givenUp.reduce((sum, size) => sum + size, 0)).toBe(3);
  expect(await seen(...ids)).toEqual(Array(6).fill("old"));

  await b.invalidate(tags.problem_bodies());
  expect(await seen(...ids)).toEqual(Array(6).fill("new"));
  expect([...a.unhandled, ...b.unhandled]).toEqual([]);
});
