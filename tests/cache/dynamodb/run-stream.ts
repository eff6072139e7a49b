import { setTimeout as pause } from "node:timers/promises";
import type { StreamEvent } from "@algoitny/cache/dynamodb";
import { toEntry } from "@algoitny/local/streams/record";
import { connectStream } from "@algoitny/local/streams/stream-source";

/** Calls a handler with a table's stream, as Lambda does, until it is disposed of. */
export async function runStream(
  endpoint: string,
  table: string,
  handler: (event: StreamEvent) => Promise<void>,
): Promise<AsyncDisposable> {
  const stream = await connectStream(endpoint, table);
  const over = new AbortController();
  const follow = async (shard: string) => {
    let from = await stream.iterator(shard, "TRIM_HORIZON");
    while (from !== undefined && !over.signal.aborted) {
      const { records, next } = await stream.read(from).catch(async (error: Error) => {
        // DynamoDB Local forgets the empty beginning of a shard.
        if (error.name !== "TrimmedDataAccessException") throw error;
        return { records: [], next: await stream.iterator(shard, "TRIM_HORIZON") };
      });
      const entries = records.flatMap((each) => toEntry(each, stream.arn, Date.now()) ?? []);
      if (entries.length > 0)
        await handler({ Records: entries.map(({ record }) => record as never) });
      else await pause(20);
      from = next;
    }
  };
  const followed = Promise.all((await stream.shards()).map(({ id }) => follow(id)));
  return {
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await followed;
      stream.close();
    },
  };
}
