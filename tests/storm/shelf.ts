import { type Moments, Register } from "./register.ts";

/** Items by id, each a register of its values; undefined before the item exists. */
export class Shelf<Value> {
  readonly #moments: Moments;
  readonly #registers = new Map<number, Register<Value | undefined>>();
  /** Ascending: new ids come at the end, or nearly so. */
  readonly #ids: number[] = [];

  constructor(moments: Moments) {
    this.#moments = moments;
  }

  get ids(): readonly number[] {
    return this.#ids;
  }

  get(id: number): Register<Value | undefined> | undefined {
    return this.#registers.get(id);
  }

  latest(id: number): Value | undefined {
    return this.#registers.get(id)?.latest;
  }

  /** Adds an item that has existed since before all moments, or since a write that was sent. */
  add(id: number, value: Value, sent?: number): () => void {
    const register = new Register<Value | undefined>(
      this.#moments,
      sent === undefined ? value : undefined,
    );
    this.#registers.set(id, register);
    const place = this.#ids.findLastIndex((each) => each < id) + 1;
    this.#ids.splice(place, 0, id);
    return sent === undefined ? () => {} : register.write(value, sent);
  }

  *newestFirst(): Generator<[id: number, register: Register<Value | undefined>]> {
    for (let index = this.#ids.length - 1; index >= 0; index -= 1) {
      const id = this.#ids[index] as number;
      yield [id, this.#registers.get(id) as Register<Value | undefined>];
    }
  }
}
