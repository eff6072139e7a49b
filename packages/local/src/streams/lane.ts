import { handleBatch, type BatchContext } from "./stream-batch.ts";
import type { Entry } from "./record.ts";

/** Largest event that Lambda makes from a batch: 6 MB. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** Handles its records in order, one batch at a time. */
export class Lane {
  readonly #context: BatchContext;
  readonly #queue: Entry[] = [];
  #running: Promise<void> | undefined;
  #gathering = new AbortController();

  constructor(context: BatchContext) {
    this.#context = context;
  }

  push(entry: Entry): void {
    this.#queue.push(entry);
    if (this.#isFull()) this.#gathering.abort();
    this.#running ??= this.#run();
  }

  /** Resolves when no batch is being handled. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // lets the rest of a page join the first batch
    while (this.#queue.length > 0 && !this.#context.signal.aborted) {
      await this.#gather();
      await handleBatch(this.#take(), this.#context);
    }
    this.#running = undefined; // in the same tick as the check of the queue, so that no record is missed
  }

  /** Waits for a full batch, at most the batching window. */
  async #gather(): Promise<void> {
    const windowMs = this.#context.settings.maximumBatchingWindowSeconds * 1_000;
    if (windowMs === 0 || this.#isFull()) return;
    this.#gathering = new AbortController();
    const signal = AbortSignal.any([this.#gathering.signal, this.#context.signal]);
    await this.#context.sleep(windowMs, signal);
  }

  #isFull(): boolean {
    return (
      this.#queue.length >= this.#context.settings.batchSize ||
      this.#queue.reduce((bytes, entry) => bytes + entry.sizeBytes, 0) >= MAX_EVENT_BYTES
    );
  }

  #take(): Entry[] {
    const { batchSize } = this.#context.settings;
    let bytes = 0;
    const tooMuch = this.#queue.findIndex((entry, index) => {
      bytes += entry.sizeBytes;
      return index > 0 && (index >= batchSize || bytes > MAX_EVENT_BYTES);
    });
    return this.#queue.splice(0, tooMuch === -1 ? this.#queue.length : tooMuch);
  }
}
