import type { Question } from "./question.ts";

/** Time for which a change counts as recent: 1 s. */
const RECENT_MS = 1_000;

/** Number of questions that readers choose from: those that were last answered from the cache. */
const REMEMBERED = 64;

/** Questions about the latest writes, which readers ask: a hit could be the value from before the write. */
export class JustChanged {
  readonly #times = new Map<string, number>();
  #questions: Question[] = [];

  note(questions: readonly Question[]): void {
    const nowMs = performance.now();
    for (const question of questions) this.#times.set(question.key, nowMs);
  }

  /** Adds a question that the cache has answered, for readers to ask. */
  noteHit(question: Question): void {
    this.#questions = [...this.#questions, question].slice(-REMEMBERED);
  }

  /** True when the subject of a question was changed less than a second ago. */
  has({ key }: Question): boolean {
    return performance.now() - (this.#times.get(key) ?? -Infinity) < RECENT_MS;
  }

  /** A question whose answer has changed and is cached again, chosen by a number from 0 up to 1; undefined when there is none. */
  draw(random: number): Question | undefined {
    const recent = this.#questions.filter((question) => this.has(question));
    return recent[Math.floor(random * recent.length)];
  }
}
