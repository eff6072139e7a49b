/** A counter of the events in this process: a moment is before another one if its number is smaller. */
export interface Moments {
  next(): number;
}

export function createMoments(): Moments {
  let last = 0;
  return { next: () => (last += 1) };
}

/** From before a request was sent until after its answer arrived. */
export interface Span {
  from: number;
  to: number;
  /** Set while a page is hot: the moment since which other users' new executions may be missing. */
  late?: number | undefined;
}

interface Version<Value> {
  value: Value;
  sent: number;
  /** Infinity until the write has been acknowledged. */
  acknowledged: number;
}

/** Number of remembered versions: more than are written to one item during one request. */
const REMEMBERED = 400;

/** An item with one writer and many readers: knows which of its values a read may return. */
export class Register<Value> {
  readonly #moments: Moments;
  readonly #versions: Version<Value>[];

  /** The first value has existed since before all moments. */
  constructor(moments: Moments, first: Value) {
    this.#moments = moments;
    this.#versions = [{ value: first, sent: 0, acknowledged: 0 }];
  }

  /** Value of the last write, acknowledged or not. */
  get latest(): Value {
    return (this.#versions.at(-1) as Version<Value>).value;
  }

  get writes(): number {
    return this.#versions.length - 1;
  }

  /** Begins a write; the returned function acknowledges it. */
  write(value: Value, sent = this.#moments.next()): () => void {
    const version = { value, sent, acknowledged: Number.POSITIVE_INFINITY };
    this.#versions.push(version);
    if (this.#versions.length > REMEMBERED) this.#versions.shift();
    return () => {
      version.acknowledged = this.#moments.next();
    };
  }

  /** The last value acknowledged before the span, and all values sent between that one and the span's end. */
  possible({ from, to }: Span): Value[] {
    const known = this.#versions.findLastIndex(({ acknowledged }) => acknowledged < from);
    return this.#versions
      .slice(Math.max(0, known))
      .filter(({ sent }, index) => index === 0 || sent < to)
      .map(({ value }) => value);
  }
}

/** A number with many concurrent writers: knows the limits between which a read may find it. */
export class Tally {
  readonly #moments: Moments;
  #settled: number;
  #changes: { by: number; sent: number; acknowledged: number }[] = [];

  constructor(moments: Moments, first: number) {
    this.#moments = moments;
    this.#settled = first;
  }

  /** Begins a change; the returned function acknowledges it. */
  change(by: number): () => void {
    if (by === 0) return () => {};
    const change = { by, sent: this.#moments.next(), acknowledged: Number.POSITIVE_INFINITY };
    this.#changes.push(change);
    return () => {
      change.acknowledged = this.#moments.next();
      while (this.#changes.length > REMEMBERED && isOver(this.#changes[0]))
        this.#settled += this.#changes.shift()?.by ?? 0;
    };
  }

  limits({ from, to }: Span): { least: number; most: number } {
    let [least, most] = [this.#settled, this.#settled];
    for (const { by, sent, acknowledged } of this.#changes) {
      if (sent > to) continue;
      const certain = acknowledged < from;
      if (certain || by < 0) least += by;
      if (certain || by > 0) most += by;
    }
    return { least, most };
  }
}

function isOver(change: { acknowledged: number } | undefined): boolean {
  return change !== undefined && change.acknowledged !== Number.POSITIVE_INFINITY;
}

/**
 * All combinations that a read of several items may return while some of them change: one value of each part. With one
 * possible state there is one combination, that state.
 */
export function mixtures<State extends object>(
  states: readonly (State | undefined)[],
): (State | undefined)[] {
  const there = states.filter((one) => one !== undefined);
  const [first] = there;
  if (first === undefined || there.length === 1) return [...new Set(states)];
  const parts = Object.keys(first) as (keyof State)[];
  let mixed: State[] = [first];
  for (const part of parts) {
    const values = [...new Set(there.map((one) => one[part]))];
    mixed = mixed.flatMap((one) => values.map((value) => ({ ...one, [part]: value })));
  }
  return [...(there.length < states.length ? [undefined] : []), ...mixed];
}
