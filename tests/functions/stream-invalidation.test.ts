import { Cache, defineResource, MemoryStore, type Store } from "@algoitny/cache";
import { tags } from "@algoitny/core/tags";
import { invalidateBatch } from "@algoitny/functions/invalidation";
import { createLog } from "@algoitny/functions/log";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import { describe, expect, test } from "vitest";

let loads = 0;
const detail = defineResource({
  name: "detail",
  key: ({ id }: { id: number }) => `id:${id}`,
  tags: ({ id }) => [tags.problem(id)],
  fresh: "1 minute",
  load: () => (loads += 1),
});

function setup() {
  const lines: Record<string, unknown>[] = [];
  const cache = new Cache({ store: new MemoryStore() });
  return { cache, lines, log: createLog((line) => lines.push(JSON.parse(line))) };
}

const body = (id: number, constraints: string) => ({
  entity: "problem_body",
  id,
  constraints,
  solution_code: null,
});

function record(sequence: string, before: object | null, after: object | null): DynamoDBRecord {
  return {
    dynamodb: {
      SequenceNumber: sequence,
      ...(before && { OldImage: marshall(before) as never }),
      ...(after && { NewImage: marshall(after) as never }),
    },
  };
}

const ids = [1, 2, 3];
const readAll = (cache: Cache) => Promise.all(ids.map((id) => cache.get(detail, { id })));

describe("a batch of the table's stream", () => {
  test("empties the views of what it changed, and no others", async () => {
    const { cache, log, lines } = setup();
    const before = await readAll(cache);
    const Records = [
      record("1", body(1, "old"), body(1, "new")),
      record("2", null, body(3, "new")),
    ];
    expect(await invalidateBatch({ Records }, { cache, log })).toEqual({ batchItemFailures: [] });
    const after = await readAll(cache);
    expect(ids.map((_, index) => after[index] === before[index])).toEqual([false, true, false]);
    expect(lines).toEqual([]);
  });

  test("empties what a deleted item was shown in", async () => {
    const { cache, log } = setup();
    const before = await readAll(cache);
    await invalidateBatch({ Records: [record("1", body(2, "old"), null)] }, { cache, log });
    expect((await readAll(cache))[1]).not.toBe(before[1]);
  });

  test("that arrives twice does no harm", async () => {
    const { cache, log } = setup();
    const batch = { Records: [record("1", null, body(1, "new"))] };
    await invalidateBatch(batch, { cache, log });
    const between = await readAll(cache);
    await invalidateBatch(batch, { cache, log });
    expect((await readAll(cache))[0]).not.toBe(between[0]);
  });

  test("comes again from its lowest sequence number when the store does not answer", async () => {
    const { log, lines } = setup();
    const broken = new MemoryStore() as Store;
    broken.bump = () => Promise.reject(new Error("no answer"));
    const cache = new Cache({ store: broken });
    const Records = [record("11", null, body(1, "a")), record("12", null, body(2, "b"))];
    expect(await invalidateBatch({ Records }, { cache, log })).toEqual({
      batchItemFailures: [{ itemIdentifier: "11" }],
    });
    expect(lines).toEqual([expect.objectContaining({ level: "error", sequence: "11" })]);
  });

  test("with a record that cannot be read empties everything rather than leave something stale", async () => {
    const { cache, log, lines } = setup();
    const before = await readAll(cache);
    const Records = [
      record("1", null, { entity: "problem_body", id: "not a number" }),
      record("2", null, body(1, "new")),
    ];
    expect(await invalidateBatch({ Records }, { cache, log })).toEqual({ batchItemFailures: [] });
    const after = await readAll(cache);
    expect(ids.filter((_, index) => after[index] === before[index])).toEqual([]);
    expect(lines).toEqual([expect.objectContaining({ level: "error", sequence: "1" })]);
  });
});
