import type { Clock } from "../clock.ts";
import type { Choices } from "./choices.ts";

/** One possible next step. */
interface Task {
  /** Thread of the task: tasks of the thread that ran last come first in the order of choices. */
  readonly thread: string;
  /** True if the task needs its thread to run; a message on its way arrives at a stopped thread too. */
  readonly bound: boolean;
  readonly run: () => void;
}

interface Timer extends Task {
  readonly dueMs: number;
}

export interface SchedulerOptions {
  choices: Choices;
  /**
   * Probability that the next task is chosen among all; otherwise it is the first of the thread that ran last. Default
   * 0.5.
   */
  switching?: number;
  /** Probability that time advances to the next timer although there is something to do. Default 0.05. */
  hurrying?: number;
  /** Highest number of steps in all runs of a scheduler. Default 5,000: code that needs more is taken to be in an endless loop. */
  maxSteps?: number;
}

/**
 * Runs asynchronous code one step at a time, in an order that `choices` decide: an interleaving is a list of choices.
 * Code under test waits by `turn` and `sleep` only; between two steps it runs until nothing but these is left to wait
 * for. Time is virtual: 1 ms passes at each step, and the time up to the next timer when there is nothing else to do.
 *
 * @example
 * const scheduler = new Scheduler({ choices: seededChoices(1) });
 * void reader(scheduler.clock("reader"));
 * void writer(scheduler.clock("writer"));
 * await scheduler.run();
 */
export class Scheduler {
  readonly #choices: Choices;
  readonly #switching: number;
  readonly #hurrying: number;
  readonly #maxSteps: number;
  readonly #stopped = new Set<string>();
  #tasks: Task[] = [];
  #timers: Timer[] = [];
  #thread = "";
  #nowMs = 1_000_000;
  #steps = 0;

  constructor({ choices, switching = 0.5, hurrying = 0.05, maxSteps = 5_000 }: SchedulerOptions) {
    this.#choices = choices;
    this.#switching = switching;
    this.#hurrying = hurrying;
    this.#maxSteps = maxSteps;
  }

  /** Virtual time in ms. */
  now = (): number => this.#nowMs;

  /** Number of the step that is running. */
  get step(): number {
    return this.#steps;
  }

  /**
   * Waits until this task is chosen. A task that is not bound to its thread, such as a message in transit, runs
   * although the thread is stopped.
   */
  turn(thread: string, { bound = true }: { bound?: boolean } = {}): Promise<void> {
    return new Promise((run) => this.#tasks.push({ thread, bound, run }));
  }

  /** Waits for `ms` of virtual time, or until the signal is aborted. */
  sleep(thread: string, ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((run) => {
      const timer = { thread, bound: true, dueMs: this.#nowMs + ms, run };
      this.#timers.push(timer);
      signal?.addEventListener("abort", () => {
        this.#timers = this.#timers.filter((each) => each !== timer);
        run();
      });
    });
  }

  /** A clock for a thread; `offsetMs` is its error. */
  clock(thread: string, offsetMs: () => number = () => 0): Clock {
    return {
      now: () => this.#nowMs + offsetMs(),
      monotonic: () => this.#nowMs,
      sleep: (ms, signal) => this.sleep(thread, ms, signal),
    };
  }

  /** Stops a thread: nothing bound to it happens until it is resumed. A thread that is never resumed has died. */
  stop(thread: string): void {
    this.#stopped.add(thread);
  }

  resume(thread: string): void {
    this.#stopped.delete(thread);
  }

  isStopped(thread: string): boolean {
    return this.#stopped.has(thread);
  }

  /** Runs until nothing can happen any more or `enough` returns true; false if `maxSteps` is reached first. */
  async run(enough: () => boolean = () => false): Promise<boolean> {
    for (;;) {
      await settled();
      if (enough()) return true;
      const task = this.#next();
      if (task === undefined) return true;
      if (this.#steps >= this.#maxSteps) return false;
      this.#steps += 1;
      this.#nowMs += 1;
      this.#thread = task.thread;
      task.run();
    }
  }

  #next(): Task | undefined {
    const timer = this.#nextTimer();
    const ready = this.#tasks.filter((task) => this.#runs(task));
    const due = this.#timers.filter((each) => each.dueMs <= this.#nowMs && this.#runs(each));
    const count = ready.length + due.length;
    if (
      timer &&
      (count === 0 || (timer.dueMs > this.#nowMs && this.#choices.chance(this.#hurrying)))
    ) {
      return this.#take(timer);
    }
    if (count === 0) return undefined;
    return this.#take(this.#choose([...ready, ...due]));
  }

  /** The first choices are the tasks of the thread that ran last, oldest first. */
  #choose(tasks: readonly Task[]): Task {
    if (tasks.length === 1) return tasks[0] as Task;
    const ordered = [
      ...tasks.filter(({ thread }) => thread === this.#thread),
      ...tasks.filter(({ thread }) => thread !== this.#thread),
    ];
    const index = this.#choices.chance(this.#switching) ? this.#choices.pick(ordered.length) : 0;
    return ordered[index] as Task;
  }

  #take(task: Task): Task {
    const index = this.#tasks.indexOf(task);
    if (index >= 0) this.#tasks.splice(index, 1);
    else this.#timers = this.#timers.filter((each) => each !== task);
    if ("dueMs" in task) this.#nowMs = Math.max(this.#nowMs, (task as Timer).dueMs);
    return task;
  }

  #nextTimer(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (this.#runs(timer) && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }

  #runs({ thread, bound }: Task): boolean {
    return !bound || !this.#stopped.has(thread);
  }
}

/**
 * Resolves when all microtasks have run, including those that they queued: ticks come after all of them. It waits twice,
 * because code may itself wait for the end of a tick.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(() => process.nextTick(resolve)));
}
