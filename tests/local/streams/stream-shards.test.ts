import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { gate, startMapping, streamWith } from "./support/test-mapping.ts";
import { memoryStream } from "./support/test-stream.ts";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "algoitny-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe("when a shard ends", () => {
  test("its child begins only after all of its records were handled", async () => {
    const slow = gate();
    const stream = streamWith("parent", "ab");
    stream.end("parent");
    stream.addShard("child", "parent");
    stream.write("child", "c");
    const handler = (keys: string): unknown => (keys === "b" ? slow.opened : undefined);
    await using started = await startMapping({ batchSize: 1 }, handler, { stream });
    await vi.waitFor(() => expect(started.batches).toEqual(["a", "b"]));
    slow.open();
    await started.mapping.drained();
    expect(started.batches).toEqual(["a", "b", "c"]);
  });

  test("generations of children follow, and `drained` waits for all of them", async () => {
    const stream = streamWith("one", "a");
    await using started = await startMapping({}, undefined, { stream });
    await started.mapping.drained();

    stream.write("one", "b");
    stream.end("one");
    stream.addShard("two", "one");
    stream.write("two", "c");
    stream.end("two");
    stream.addShard("three", "two");
    stream.write("three", "d");
    await started.mapping.drained();
    expect(started.batches.join("")).toBe("abcd");
  });

  test("shards without a common parent are read concurrently", async () => {
    const stuck = gate();
    const stream = streamWith("left", "a");
    stream.addShard("right");
    stream.write("right", "b");
    const handler = (keys: string): unknown => (keys === "a" ? stuck.opened : undefined);
    await using started = await startMapping({}, handler, { stream });
    await vi.waitFor(() => expect(started.batches.toSorted()).toEqual(["a", "b"]));
    stuck.open();
  });

  test("a mapping with LATEST reads later shards from their beginning", async () => {
    const stream = streamWith("old", "a");
    await using started = await startMapping({ startingPosition: "LATEST" }, undefined, { stream });
    stream.end("old");
    stream.addShard("new", "old");
    stream.write("new", "b");
    await started.mapping.drained();
    expect(started.batches).toEqual(["b"]);
  });
});

describe("when the stream cannot be read", () => {
  test.each(["ExpiredIteratorException", "TimeoutError"])(
    "%s: the mapping continues at the same record",
    async (errorName) => {
      const stream = streamWith("shard", "ab");
      await using started = await startMapping({ batchSize: 1 }, undefined, { stream });
      await started.mapping.drained();
      stream.failNextRead(errorName);
      stream.write("shard", "c");
      await started.mapping.drained();
      expect(started.batches).toEqual(["a", "b", "c"]);
    },
  );

  test("because its records have been trimmed, the mapping reads the oldest ones left", async () => {
    const stream = streamWith("shard", "a");
    stream.failNextRead("TrimmedDataAccessException");
    await using started = await startMapping({}, undefined, { stream });
    await started.mapping.drained();
    expect(started.batches).toEqual(["a"]);
  });
});

describe("a restart with a data folder", () => {
  test("continues where the last run stopped, without repeating or losing a record", async () => {
    const dataDir = await temporaryFolder();
    const stream = streamWith("shard", "ab");
    const first = await startMapping({}, undefined, { stream, dataDir });
    await first.mapping.drained();
    await first.mapping.close();

    stream.write("shard", "c");
    stream.end("shard");
    stream.addShard("child", "shard");
    const second = await startMapping({}, undefined, { stream, dataDir });
    await second.mapping.drained();
    await second.mapping.close();
    expect(second.batches).toEqual(["c"]);

    stream.write("child", "d");
    await using third = await startMapping({}, undefined, { stream, dataDir });
    await third.mapping.drained();
    expect(third.batches).toEqual(["d"]);
  });

  test("waits for a running handler and counts its records as done", async () => {
    const dataDir = await temporaryFolder();
    const slow = gate();
    const stream = streamWith("shard", "ab");
    const first = await startMapping({ batchSize: 1 }, () => slow.opened, { stream, dataDir });
    await vi.waitFor(() => expect(first.batches).toEqual(["a"]));
    const closed = first.mapping.close();
    slow.open();
    await closed;

    await using second = await startMapping({}, undefined, { stream, dataDir });
    await second.mapping.drained();
    expect(second.batches).toEqual(["b"]);
  });

  test("repeats failed records, and with them those that had overtaken them", async () => {
    const dataDir = await temporaryFolder();
    const stream = streamWith("shard", "pabcdefgh");
    const handler = (keys: string): void => {
      if (keys.includes("p")) throw new Error("poison");
    };
    const limits = { batchSize: 1, parallelizationFactor: 4 };
    const first = await startMapping(limits, handler, { stream, dataDir });
    await vi.waitFor(() => expect(new Set(first.batches).size).toBeGreaterThan(4));
    await first.mapping.close();

    await using second = await startMapping({}, undefined, { stream, dataDir });
    await second.mapping.drained();
    expect(second.batches.join("")).toBe("pabcdefgh");
  });

  test("begins at the start of another stream, for example when the table was created again", async () => {
    const dataDir = await temporaryFolder();
    const old = await startMapping({}, undefined, { stream: streamWith("shard", "a"), dataDir });
    await old.mapping.drained();
    await old.mapping.close();

    const stream = memoryStream("arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2");
    stream.addShard("shard");
    stream.write("shard", "b");
    await using started = await startMapping({}, undefined, { stream, dataDir });
    await started.mapping.drained();
    expect(started.batches).toEqual(["b"]);
  });
});
