import type { Question } from "./question.ts";

/** A change is fresh for so long: 1 s. */
const FRESH_MS = 1_000;

/** Questions that readers choose from: those that the cache has answered last. */
const REMEMBERED = 64;

/** Questions about the latest writes, so that readers ask them: a hit could be the value from before the write. */
export class JustChanged {
  readonly #times = new Map<string, number>();
  #questions: Question[] = [];

  note(questions: readonly Question[]): void {
    const nowMs = performance.now();
    for (const question of questions) this.#times.set(question.key, nowMs);
  }

  /** The cache has answered it: readers look there too. */
  noteHit(question: Question): void {
    this.#questions = [...this.#questions, question].slice(-REMEMBERED);
  }

  /** True when the subject of a question was changed less than a second ago. */
  has({ key }: Question): boolean {
    return performance.now() - (this.#times.get(key) ?? -Infinity) < FRESH_MS;
  }

  /** One of the questions whose answers have changed, and are in the cache again, drawn by a number from 0 up to 1; undefined when nothing has. */
  draw(random: number): Question | undefined {
    const fresh = this.#questions.filter((question) => this.has(question));
    return fresh[Math.floor(random * fresh.length)];
  }
}
