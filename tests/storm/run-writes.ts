import { setTimeout as sleep } from "node:timers/promises";
import { createAllowance } from "./allowance.ts";
import type { Checker, Occasion } from "./checker.ts";
import { anyProcess, type Desk, shuffled } from "./desk.ts";
import { NOT_CACHED } from "./storm-api.ts";
import type { JustChanged } from "./just-changed.ts";
import { type KindName, writeSomething } from "./kinds.ts";
import type { Question } from "./question.ts";
import { readerQuestion } from "./questions.ts";

/**
 * Number of questions that all readers together ask for each write, so that they neither lag behind nor slow the
 * writers.
 */
const READS_PER_WRITE = 1;

/** Share of the readers' questions about recent changes. */
const JUST_CHANGED_SHARE = 0.9;

/**
 * A changed list is loaded from the whole catalogue. Lists are checked after every change in a catalogue of up to that
 * many problems; with twice as many, after every second change.
 */
const PROBLEMS_FOR_EVERY_LIST = 500;

/**
 * A question is repeated until `HITS` of its answers were hits, or `MISSES` were not: the latter if its answer is not
 * stored, or if other writes keep changing it.
 */
const HITS = 4;
const MISSES = 2;

export interface Writing {
  desks: readonly Desk[];
  checker: Checker;
  justChanged: JustChanged;
  readers: number;
  /** Number of affected questions judged after each write, and as many of the lists. Default: all. */
  checks?: number | undefined;
  writes: number;
  isInterrupted: () => boolean;
  onWritten: (kind: KindName) => void;
}

/** Runs writers and readers until that number of writes is made, or an answer was wrong; returns the number of writes. */
export async function runWrites({
  desks,
  checker,
  justChanged,
  readers,
  checks,
  writes,
  isInterrupted,
  onWritten,
}: Writing): Promise<number> {
  const [desk] = desks as [Desk];
  let [begun, written, lists] = [0, 0, 0];
  const isOver = () => begun >= writes || checker.isWrong() || isInterrupted();
  const some = <T>(items: readonly T[]): T[] => shuffled(desk, items).slice(0, checks);
  const allowance = createAllowance();

  async function work(own: Desk): Promise<void> {
    while (!isOver()) {
      begun += 1;
      const { kind, near, far } = await writeSomething(own);
      justChanged.note([...near, ...far]);
      const checked = some(near);
      if (far.length > 0) {
        const every = Math.ceil(desk.state.problems.ids.length / PROBLEMS_FOR_EVERY_LIST);
        if (lists % every === 0) checked.push(...some(far));
        lists += 1;
      }
      // In sequence: the fewer are in progress, the sooner after the change each is answered.
      for (const question of checked) await ask(question, "own");
      written += 1;
      onWritten(kind);
      allowance.add(READS_PER_WRITE);
    }
  }

  /**
   * Asks a process twice, because it usually has to load the first answer; then the next process, which usually need
   * not.
   */
  async function ask(question: Question, occasion: Occasion): Promise<void> {
    let process = anyProcess(desk);
    for (let [hits, misses] = [0, 0]; hits < HITS && misses < MISSES;) {
      const { cache } = await checker.check(question, process, occasion);
      if (cache === NOT_CACHED) return;
      if (cache !== "hit") misses += 1;
      else if ((hits += 1) === 1 && occasion === "own") justChanged.noteHit(question);
      if (hits % 2 === 1) process = (process + 1) % desk.api.processes;
    }
  }

  async function readOn(): Promise<void> {
    while (await allowance.take()) {
      const recent =
        desk.random() < JUST_CHANGED_SHARE ? justChanged.draw(desk.random()) : undefined;
      await ask(recent ?? readerQuestion(desk, PROBLEMS_FOR_EVERY_LIST), "reader");
    }
  }

  const writing = Promise.all(desks.map(work)).finally(() => allowance.end());
  await Promise.all([writing, ...Array.from({ length: readers }, readOn)]).catch(
    (error: unknown) => {
      begun = Infinity; // the other writers and readers come to their end
      throw error;
    },
  );
  return written;
}

/** Waits until a counter reaches a number, at most for the given time. */
export async function untilReached(count: () => number, goal: number, ms: number): Promise<void> {
  const endMs = performance.now() + ms;
  while (count() < goal && performance.now() < endMs) await sleep(10);
}
