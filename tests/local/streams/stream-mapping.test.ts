import { describe, expect, test, vi } from "vitest";
import { gate, startMapping, streamWith } from "./support/test-mapping.ts";
import { shortSleep } from "./support/test-stream.ts";

describe("an event source mapping", () => {
  test("passes every record on once and in order, in batches of its size", async () => {
    const stream = streamWith("shard", "abcdefg");
    await using started = await startMapping({ batchSize: 3 }, undefined, { stream });
    await started.mapping.drained();
    expect(started.batches).toEqual(["abc", "def", "g"]);

    stream.write("shard", "h");
    await started.mapping.drained();
    expect(started.batches.join("")).toBe("abcdefgh");
  });

  test("with LATEST begins with the records written after its start", async () => {
    const stream = streamWith("shard", "ab");
    await using started = await startMapping({ startingPosition: "LATEST" }, undefined, { stream });
    stream.write("shard", "c");
    await started.mapping.drained();
    expect(started.batches).toEqual(["c"]);
  });

  test("drops the records that its filters reject", async () => {
    const stream = streamWith("shard", "abc");
    const filters = [{ dynamodb: { Keys: { pk: { S: ["a", { prefix: "c" }] } } } }];
    await using started = await startMapping({ filters }, undefined, { stream });
    await started.mapping.drained();
    expect(started.batches).toEqual(["ac"]);
  });

  test("retries a batch before it continues, so that the order is kept", async () => {
    let failed = false;
    const stream = streamWith("shard", "abc");
    const handler = (keys: string): void => {
      if (keys !== "b" || failed) return;
      failed = true;
      throw new Error("once");
    };
    await using started = await startMapping({ batchSize: 1 }, handler, { stream });
    await started.mapping.drained();
    expect(started.batches).toEqual(["a", "b", "b", "c"]);
    expect(started.logged).toEqual(["Test: a batch of 1 failed: once"]);
  });

  test("sends a message about discarded records to the failure queue and continues, even if sending fails", async () => {
    const stream = streamWith("shard", "apb");
    const notes: [string, number][] = [];
    const limits = { batchSize: 1, maximumRetryAttempts: 1, onFailure: "Failed" };
    const handler = (keys: string): void => {
      if (keys === "p") throw new Error("poison");
    };
    await using started = await startMapping(limits, handler, {
      stream,
      onDestination: (queue, { DDBStreamBatchInfo: batch }) => {
        notes.push([queue, batch.batchSize]);
        throw new Error("queue down");
      },
    });
    await started.mapping.drained();
    expect(notes).toEqual([["Failed", 1]]);
    expect(started.batches).toEqual(["a", "p", "p", "b"]);
    expect(started.logged.at(-1)).toBe("Test: could not send to Failed: Error: queue down");
  });

  test("refuses filters that AWS would refuse", async () => {
    await expect(startMapping({ filters: [{ eventName: "INSERT" }] })).rejects.toThrow(
      "filter.eventName",
    );
  });
});

describe("the batching window", () => {
  test("ends early once the batch is full", async () => {
    const asked = gate();
    await using started = await startMapping(
      { batchSize: 2, maximumBatchingWindowSeconds: 60 },
      undefined,
      {
        sleep: async (ms, signal) => {
          if (ms !== 60_000) return await shortSleep(ms, signal);
          asked.open();
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        },
      },
    );
    started.stream.write("shard", "a");
    await asked.opened;
    started.stream.write("shard", "b");
    await started.mapping.drained();
    expect(started.batches).toEqual(["ab"]);
  });

  test("passes on the records that it has when it is over", async () => {
    await using started = await startMapping({ batchSize: 2, maximumBatchingWindowSeconds: 60 });
    started.stream.write("shard", "a");
    await started.mapping.drained();
    expect(started.batches).toEqual(["a"]);
  });
});

describe("with several batches of a shard at a time", () => {
  test("different items are handled concurrently, the records of one item in order", async () => {
    const keys = "abcdefghij";
    const stream = streamWith("shard", keys.repeat(3));
    const running = new Map<string, number>();
    let most = 0;
    const limits = { batchSize: 1, parallelizationFactor: 4 };
    const handler = async (key: string): Promise<void> => {
      running.set(key, (running.get(key) ?? 0) + 1);
      most = Math.max(
        most,
        [...running.values()].reduce((sum, count) => sum + count),
      );
      expect(running.get(key)).toBe(1);
      await shortSleep(1, new AbortController().signal);
      running.set(key, 0);
    };
    await using started = await startMapping(limits, handler, { stream });
    await started.mapping.drained();
    expect(started.batches.toSorted().join("")).toBe("aaabbbcccdddeeefffggghhhiiijjj");
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  test("an item whose handler hangs delays only the items of its lane", async () => {
    const stuck = gate();
    const stream = streamWith("shard", "pabcdefgh");
    const handler = (keys: string): unknown => (keys.includes("p") ? stuck.opened : undefined);
    await using started = await startMapping({ batchSize: 1, parallelizationFactor: 4 }, handler, {
      stream,
    });
    await vi.waitFor(() => expect(started.batches.length).toBeGreaterThan(4));
    stuck.open();
    await started.mapping.drained();
    expect(started.batches.toSorted().join("")).toBe("abcdefghp");
  });
});

describe("drained", () => {
  test("waits for the records written before the call, however long their handler takes", async () => {
    const slow = gate();
    let isDrained = false;
    await using started = await startMapping({}, () => slow.opened);
    started.stream.write("shard", "a");
    const drained = started.mapping.drained().then(() => (isDrained = true));
    await vi.waitFor(() => expect(started.batches).toEqual(["a"]));
    expect(isDrained).toBe(false);
    slow.open();
    await drained;
    expect(isDrained).toBe(true);
  });

  test("ends with the mapping", async () => {
    const started = await startMapping({}, () => {
      throw new Error("never works");
    });
    started.stream.write("shard", "a");
    const drained = started.mapping.drained();
    await vi.waitFor(() => expect(started.batches.length).toBeGreaterThan(1));
    await started.mapping.close();
    await expect(drained).resolves.toBeUndefined();
  });
});
