import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import type { Invoke } from "../invoke.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { OnDestination } from "./destination.ts";
import { compileFilters } from "./filter.ts";
import { ShardReader, type ReaderContext } from "./shard-reader.ts";
import { connectStream, type Position, type Shard, type StreamSource } from "./stream-source.ts";
import { subscriptionSettings, type Subscription } from "./subscription.ts";

export interface EventSourceMappingOptions {
  endpoint: string;
  tableName: string;
  name: string;
  subscription: Subscription;
  invoke: Invoke;
  /** Folder that keeps the stream's checkpoints across restarts; without it, every start is like the first. */
  dataDir?: string | undefined;
  log?: ((line: string) => void) | undefined;
  /** Receives what Lambda would send to the subscription's `onFailure` queue. */
  onDestination?: OnDestination | undefined;
  now?: (() => number) | undefined;
  sleep?: ReaderContext["sleep"] | undefined;
  /** Default: the engine's Streams API. */
  source?: StreamSource | undefined;
}

export interface EventSourceMapping {
  /** Resolves when every record written before the call has been handled or discarded, or the mapping is closed. */
  drained(): Promise<void>;
  /** Lets running handlers finish, saves their progress and stops. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Following {
  reader: ShardReader;
  /**
   * Resolves when every record of the ended shard is handled and its children have readers, or when the mapping is
   * closed.
   */
  done: Promise<void>;
}

/** Interval of the search for new shards; the end of a shard starts a search at once. */
const DISCOVERY_MS = 10_000;

/**
 * Feeds one handler from a table's stream like Lambda's event source mapping; throws if AWS would refuse the
 * subscription.
 */
export async function startEventSourceMapping(
  options: EventSourceMappingOptions,
): Promise<EventSourceMapping> {
  const { endpoint, tableName, name, subscription, invoke, dataDir } = options;
  const settings = subscriptionSettings(name, subscription);
  const passes = compileFilters(settings.filters);
  const source = options.source ?? (await connectStream(endpoint, tableName));
  const file = dataDir === undefined ? undefined : join(dataDir, "streams", `${name}.json`);
  const log = (line: string): void => options.log?.(`${name}: ${line}`);
  const checkpoints = await Checkpoints.open(file, source.arn, log);
  const sleep = options.sleep ?? pause;
  const stop = new AbortController();
  const context: ReaderContext = {
    name,
    settings,
    passes,
    source,
    log,
    sleep,
    invoke: (event) => invoke(settings.file, event),
    now: options.now ?? Date.now,
    signal: stop.signal,
    onDestination: options.onDestination ?? (() => {}),
    onCheckpoint: (shardId, sequenceNumber) => checkpoints.advance(shardId, sequenceNumber),
  };

  const readers = new Map<string, Following>();
  let starting: Position = settings.startingPosition;
  let discovery = Promise.resolve();

  /** Starts a reader for each shard that is due: a parent is handled before its children. */
  async function startReaders(): Promise<void> {
    const shards = await source.shards();
    const known = new Set(shards.map(({ id }) => id));
    const isDue = ({ id, parentId }: Shard): boolean =>
      !checkpoints.isFinished(id) &&
      !readers.has(id) &&
      (parentId === undefined || !known.has(parentId) || checkpoints.isFinished(parentId));
    for (const shard of shards.filter(isDue)) {
      const reader = new ShardReader(shard.id, checkpoints.position(shard.id) ?? starting, context);
      await reader.open();
      readers.set(shard.id, { reader, done: follow(shard.id, reader) });
    }
  }

  async function follow(shardId: string, reader: ShardReader): Promise<void> {
    if (!(await reader.run())) return;
    checkpoints.finish(shardId);
    readers.delete(shardId);
    await discover();
  }

  /** One search at a time; resolves after one that began after the call. */
  function discover(): Promise<void> {
    discovery = discovery
      .then(() => (stop.signal.aborted ? undefined : startReaders()))
      .catch((error: unknown) => log(`cannot look for shards: ${String(error)}`));
    return discovery;
  }

  async function watch(): Promise<void> {
    while (!stop.signal.aborted) {
      await sleep(DISCOVERY_MS, stop.signal);
      await discover();
    }
  }

  async function drained(): Promise<void> {
    const seen = new Set<ShardReader>();
    for (;;) {
      await discover();
      const open = [...readers.values()].filter(({ reader }) => !seen.has(reader));
      if (open.length === 0 || stop.signal.aborted) return;
      await Promise.all(open.map(settled));
      for (const { reader } of open) seen.add(reader);
    }
  }

  /** An ended shard is settled once its children have readers: `drained` then waits for these. */
  async function settled({ reader, done }: Following): Promise<void> {
    await Promise.race([reader.caughtUp(), done]);
    if (reader.hasEnded) await done;
  }

  async function close(): Promise<void> {
    stop.abort();
    await watching;
    await Promise.all([...readers.values()].map(({ done }) => done));
    await checkpoints.flush();
    source.close();
  }

  await discover();
  starting = "TRIM_HORIZON"; // shards that are found later are read from their beginning
  const watching = watch();
  return { drained, close, [Symbol.asyncDispose]: close };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch(() => {});
}
