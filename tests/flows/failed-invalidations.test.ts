import { type Key, keys } from "@algoitny/core/table/keys";
import { connectStream } from "@algoitny/local/streams/stream-source";
import { createClient } from "@algoitny/core/table/database";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cost, type Json, startWorld, type World } from "../support/people.ts";

let world: World;
let problem: Json;

beforeAll(async () => {
  world = await startWorld({ instances: 2 });
  problem = await world.createProblem({ problem_id: "1000", constraints: "old" });
  await world.record(world.ann, problem.id, { is_code_public: true });
  await settled();
});
afterAll(() => world.close());

const settled = async () => {
  await world.streams.drained();
  await world.queues.drained();
};

const READS = {
  detail: () => `/api/problems/${problem.id}/`,
  list: () => "/api/problems/",
  history: () => "/api/history/",
} as const;
type ReadName = keyof typeof READS;

const states = async () => {
  const answers = Object.entries(READS).map(async ([name, path]) => {
    return [name, cost(await world.call(path())).cache];
  });
  return Object.fromEntries(await Promise.all(answers)) as Record<ReadName, string>;
};

/** Names of the reads that are not hits. */
const emptied = async () => {
  const now = await states();
  return (Object.keys(now) as ReadName[]).filter((name) => now[name] !== "hit");
};

/** Fills the cache with all reads. */
const warm = async () => {
  await states();
  expect(await emptied()).toEqual([]);
};

/** Writes an item directly, with attributes that the API never writes. */
async function writeItem({ pk, sk }: Key, attributes: object): Promise<void> {
  const client = createClient(world.dynamodb.endpoint);
  const item = { pk, sk, ...attributes };
  await client.send(new PutCommand({ TableName: world.dynamodb.table, Item: item }));
  client.destroy();
}

/** Stream position of the last record with a partition key, in the form in which Lambda reports a discarded record. */
async function placeOfLast({ pk }: Key) {
  const { endpoint, table } = world.dynamodb;
  const source = await connectStream(endpoint, table);
  const found: { shardId: string; sequence: string }[] = [];
  for (const { id: shardId } of await source.shards()) {
    let iterator = await source.iterator(shardId, "TRIM_HORIZON");
    for (let empty = 0; iterator !== undefined && empty < 2;) {
      const { records, next } = await source.read(iterator);
      for (const { dynamodb } of records)
        if (dynamodb?.Keys?.["pk"]?.S === pk)
          found.push({ shardId, sequence: dynamodb.SequenceNumber ?? "" });
      iterator = next;
      empty = records.length === 0 ? empty + 1 : 0;
    }
  }
  source.close();
  const { shardId, sequence } = found.at(-1) ?? { shardId: "", sequence: "" };
  return {
    DDBStreamBatchInfo: {
      streamArn: source.arn,
      shardId,
      startSequenceNumber: sequence,
      endSequenceNumber: sequence,
      batchSize: 1,
    },
  };
}

const giveUp = (message: object) =>
  world.queues.queue("FailedInvalidations").send({ body: JSON.stringify(message) });

test("an unreadable record invalidates every view of its entity, and delays no record behind it", async () => {
  await warm();
  await writeItem(keys.problemBody(998), { id: "not a number" });
  await world.changeItem(keys.problemBody(problem.id), { constraints: "new" });
  await settled();
  expect(await emptied()).toEqual(["detail"]);
  expect(await (await world.call(READS.detail())).text()).toContain("new");
});

test("an item that no view shows invalidates nothing; one of an unknown kind under a view's keys clears the cache", async () => {
  await warm();
  await writeItem({ pk: "PLANET#1", sk: "PLANET" }, { entity: "planet" });
  await settled();
  expect(await emptied()).toEqual([]);
  await writeItem({ pk: keys.testCases(998).pk, sk: "PLANET" }, { entity: "planet" });
  await settled();
  expect(await emptied()).toEqual(["detail", "list", "history"]);
});

test("an item written by hand without an `entity` invalidates the views that show it, and so do its changes", async () => {
  const { sub, token } = world.bob;
  const read = () => world.call("/api/account/stats/", { as: token });
  await read();
  for (const total_executions of [70, 71]) {
    expect(cost(await read()).cache).toBe("hit");
    await writeItem(keys.userStats(sub), { sub, total_executions });
    await settled();
    expect(await (await read()).json()).toMatchObject({ total_executions });
  }
});

test("a record that Lambda discarded is read again from the stream, and invalidates what it changed", async () => {
  await world.changeItem(keys.problemBody(problem.id), { constraints: "newer" });
  await settled();
  const place = await placeOfLast(keys.problemBody(problem.id));
  await warm();
  giveUp(place);
  await settled();
  expect(await emptied()).toEqual(["detail"]);
});

test("a discarded record that has left the stream clears the whole cache", async () => {
  const { DDBStreamBatchInfo: place } = await placeOfLast(keys.problemBody(problem.id));
  await warm();
  giveUp({ DDBStreamBatchInfo: { ...place, shardId: "shardId-00000000000000000000-00000000" } });
  await settled();
  expect(await emptied()).toEqual(["detail", "list", "history"]);
});

test("invalidations that fail while Redis is down are repeated when it is back", async () => {
  const place = await placeOfLast(keys.problemBody(problem.id));
  await warm();
  await world.redis.stop();
  giveUp(place);
  await settled();
  expect(world.queues.queue("FailedInvalidations").counts).toEqual({ visible: 0, hidden: 1 });
  await world.redis.start();
  world.queues.skip(360);
  await settled();
  expect(world.queues.queue("FailedInvalidations").messages()).toEqual([]);
  expect(world.queues.queue("LostInvalidations").messages()).toEqual([]);
});
