import {
  startEventSourceMapping,
  type EventSourceMapping,
  type EventSourceMappingOptions,
} from "@algoitny/local/streams/mapping";
import type { Subscription } from "@algoitny/local/streams/subscription";
import { keysOf, memoryStream, shortSleep, type MemoryStream } from "./test-stream.ts";

export interface Started extends AsyncDisposable {
  stream: MemoryStream;
  mapping: EventSourceMapping;
  /** The keys of each delivered batch, as in `"ab"`. */
  batches: string[];
  logged: string[];
}

/** A mapping over a stream in memory; `handler` handles the keys of each batch. */
export async function startMapping(
  limits: Partial<Subscription> = {},
  handler: (keys: string) => unknown = () => undefined,
  options: Partial<EventSourceMappingOptions> & { stream?: MemoryStream } = {},
): Promise<Started> {
  const { stream = streamWith("shard"), ...others } = options;
  const batches: string[] = [];
  const logged: string[] = [];
  const mapping = await startEventSourceMapping({
    endpoint: "",
    tableName: "",
    name: "Test",
    subscription: { file: "stream/test", ...limits },
    invoke: async (_file, event) => {
      const keys = keysOf(event).join("");
      batches.push(keys);
      return await handler(keys);
    },
    log: (line) => logged.push(line),
    sleep: shortSleep,
    source: stream.source,
    ...others,
  });
  return { stream, mapping, batches, logged, [Symbol.asyncDispose]: () => mapping.close() };
}

/** A stream in memory with one shard that contains a record for each of `keys`, one letter each. */
export function streamWith(shardId: string, keys = ""): MemoryStream {
  const stream = memoryStream();
  stream.addShard(shardId);
  stream.write(shardId, ...keys.split(""));
  return stream;
}

/** A promise, and the function that resolves it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
