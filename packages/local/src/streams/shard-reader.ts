import { createHash } from "node:crypto";
import type { BatchContext } from "./stream-batch.ts";
import { failureRecord, type OnDestination } from "./destination.ts";
import type { Test } from "./filter.ts";
import { Lane } from "./lane.ts";
import { Progress } from "./progress.ts";
import { toEntry, type Entry } from "./record.ts";
import type { Position, StreamSource } from "./stream-source.ts";

/** Context that a mapping's shard readers share. */
export interface ReaderContext extends Omit<BatchContext, "settle" | "giveUp"> {
  name: string;
  source: StreamSource;
  passes: Test;
  onDestination: OnDestination;
  onCheckpoint: (shardId: string, sequenceNumber: string) => void;
}

/** Lambda polls each shard 4 times a second; a local poll is cheap enough for more. */
const IDLE_POLL_MS = 100;
const BUSY_POLL_MS = 20;
const POSTPONED_POLL_MS = 200;
/** Highest number of records read ahead of the handler: enough that one item whose handler hangs does not soon stop the other lanes. */
const MAX_OPEN = 10_000;

/** Result of a poll; `postponed`: the stream could not be read, or too many records are open. */
type Outcome = "records" | "empty" | "postponed";

/** Reads one shard to its end and feeds its lanes. */
export class ShardReader {
  readonly #context: ReaderContext;
  readonly #shardId: string;
  readonly #progress = new Progress();
  readonly #lanes: Lane[];
  #from: Position;
  #iterator: string | undefined;
  #hasEnded = false;
  #pollMs = IDLE_POLL_MS;
  #pause = new AbortController();
  #waiting: (() => void)[] = [];

  constructor(shardId: string, from: Position, context: ReaderContext) {
    this.#shardId = shardId;
    this.#from = from;
    this.#context = context;
    const batches: BatchContext = {
      ...context,
      settle: (entries) => this.#settle(entries.map((entry) => entry.sequenceNumber)),
      giveUp: async (failure) => {
        const { name, source, settings, now, log, onDestination } = context;
        log(`gave up ${failure.entries.length} records: ${failure.condition}`);
        if (settings.onFailure === undefined) return;
        try {
          const stream = { arn: source.arn, shardId };
          await onDestination(settings.onFailure, failureRecord(name, stream, failure, now()));
        } catch (error) {
          log(`could not send to ${settings.onFailure}: ${String(error)}`);
        }
      },
    };
    const laneCount = context.settings.parallelizationFactor;
    this.#lanes = Array.from({ length: laneCount }, () => new Lane(batches));
  }

  /** True when the shard gets no more records and all were read. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Determines the start position: with LATEST, records written from now on. */
  async open(): Promise<void> {
    this.#iterator = await this.#context.source.iterator(this.#shardId, this.#from);
    this.#hasEnded = this.#iterator === undefined;
  }

  /** Resolves to true when the shard has ended and everything in it is handled, to false when stopped. */
  async run(): Promise<boolean> {
    const { signal } = this.#context;
    while (!this.#hasEnded && !signal.aborted) {
      const caughtUp = this.#waiting;
      this.#waiting = [];
      const outcome = await this.#poll();
      if (outcome === "empty" || this.#hasEnded) for (const resolve of caughtUp) resolve();
      else this.#waiting.push(...caughtUp);
      if (!this.#hasEnded) await this.#wait(outcome);
    }
    if (this.#hasEnded) await Promise.race([this.#progress.reached(), aborted(signal)]);
    await Promise.all(this.#lanes.map((lane) => lane.idle()));
    for (const resolve of this.#waiting.splice(0)) resolve();
    return this.#hasEnded && this.#progress.openCount === 0;
  }

  /** Resolves when every record that is in the shard at the time of the call is handled. */
  async caughtUp(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#pause.abort();
    });
    await Promise.race([this.#progress.reached(), aborted(this.#context.signal)]);
  }

  async #poll(): Promise<Outcome> {
    const { source, log } = this.#context;
    if (this.#progress.openCount >= MAX_OPEN) return "postponed";
    try {
      if (this.#iterator === undefined) await this.open();
      if (this.#iterator === undefined) return "empty";
      const { records, next } = await source.read(this.#iterator);
      this.#iterator = next;
      this.#hasEnded = next === undefined;
      this.#accept(records);
      return records.length === 0 ? "empty" : "records";
    } catch (error) {
      this.#iterator = undefined;
      const name = error instanceof Error ? error.name : "";
      if (name === "TrimmedDataAccessException") this.#from = "TRIM_HORIZON";
      else if (name !== "ExpiredIteratorException") log(`cannot read the stream: ${String(error)}`);
      return "postponed";
    }
  }

  #accept(records: Awaited<ReturnType<StreamSource["read"]>>["records"]): void {
    const sequenceNumbers = records.map((record) => record.dynamodb?.SequenceNumber ?? "");
    this.#progress.add(sequenceNumbers);
    this.#from = sequenceNumbers.at(-1) ?? this.#from;
    const { now, passes, source } = this.#context;
    const ignored = records.flatMap((record, index) => {
      const entry = toEntry(record, source.arn, now());
      const isWanted = entry !== undefined && passes(entry.record);
      if (isWanted) this.#laneOf(entry)?.push(entry);
      return isWanted ? [] : [sequenceNumbers[index] ?? ""];
    });
    this.#settle(ignored);
  }

  #laneOf({ item }: Entry): Lane | undefined {
    const hash = createHash("sha1").update(item).digest().readUInt32BE();
    return this.#lanes[hash % this.#lanes.length];
  }

  #settle(sequenceNumbers: readonly string[]): void {
    const checkpoint = this.#progress.settle(sequenceNumbers);
    if (checkpoint !== undefined) this.#context.onCheckpoint(this.#shardId, checkpoint);
  }

  /**
   * Waits before the next poll: 20 ms after records, then up to 100 ms while the shard is empty, and 200 ms after a
   * postponed poll. While a `caughtUp` is pending, waits only after a postponed poll.
   */
  async #wait(outcome: Outcome): Promise<void> {
    const longer = Math.min(this.#pollMs * 2, IDLE_POLL_MS);
    this.#pollMs = { records: BUSY_POLL_MS, empty: longer, postponed: POSTPONED_POLL_MS }[outcome];
    this.#pause = new AbortController();
    const isAwaited = this.#waiting.length > 0 && outcome !== "postponed";
    if (isAwaited) return;
    const signal = AbortSignal.any([this.#pause.signal, this.#context.signal]);
    await this.#context.sleep(this.#pollMs, signal);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
