import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../clock.ts";

interface Timer {
  readonly atMs: number;
  readonly fire: () => void;
}

/** A clock that stands still until a test advances it; sleepers wake in order, each at its time. */
export class VirtualClock implements Clock {
  #nowMs: number;
  /** Sum of the clock's jumps. */
  #jumpedMs = 0;
  #timers: Timer[] = [];

  constructor(startMs = 1_000_000) {
    this.#nowMs = startMs;
  }

  now = (): number => this.#nowMs;

  /** Time without the clock's jumps in either direction. */
  monotonic = (): number => this.#nowMs - this.#jumpedMs;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = { atMs: this.#nowMs + ms, fire: resolve };
      this.#timers.push(timer);
      signal?.addEventListener("abort", () => {
        this.#timers = this.#timers.filter((each) => each !== timer);
        resolve();
      });
    });
  };

  /** Time at which the next sleeper wakes; undefined without one. */
  get nextMs(): number | undefined {
    return this.#timers.length === 0
      ? undefined
      : Math.min(...this.#timers.map(({ atMs }) => atMs));
  }

  /** Moves the time without waking sleepers, as when a clock is corrected or a process was frozen. */
  jump(ms: number): void {
    this.#nowMs += ms;
    this.#jumpedMs += ms;
  }

  /** Advances time, waking each sleeper at its time and letting it run before the next one wakes. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await turn();
    for (;;) {
      const nextMs = this.nextMs;
      if (nextMs === undefined || nextMs > endMs) break;
      this.#nowMs = Math.max(this.#nowMs, nextMs);
      const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
      this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs);
      for (const { fire } of due) fire();
      await turn();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }
}
