import { seededRandom } from "@algoitny/cache/testing/explore";

/** Draws numbers and elements, the same ones for the same seed. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from 0 up to (not including) `count`. */
  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  one<T>(things: readonly T[]): T {
    return things[this.below(things.length)] as T;
  }

  /** Draws one to `most` elements. */
  many<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + this.below(most) }, make);
  }
}
