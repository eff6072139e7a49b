/** Finds the lines of a text that contain a term, without searching all of the text. */
export interface TextIndex {
  /** Places of the lines that contain a term, among those in a set. */
  find: (term: Term, among: LineSet) => number[];
}

/**
 * A searched text, and the rows of an index that all contain every line with that text. One term serves the indexes
 * of all segments.
 */
export interface Term {
  readonly text: string;
  readonly rows: readonly number[];
  /** True if exactly the lines in its row contain it. */
  readonly isExact: boolean;
}

/** Prepares a text without a newline for searches. */
export function termOf(text: string): Term {
  const codes = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  const [first = ASCII_ROWS] = codes;
  if (codes.length === 1 && first < ASCII_ROWS) return { text, rows: [first], isExact: true };
  const rows = codes.slice(1).map((code, at) => pairRow(codes[at] as number, code));
  return { text, rows, isExact: false };
}

/** A set of lines: bit `place % 32` of number `place / 32`. */
export type LineSet = Uint32Array;

const BITS = 32;
const END_OF_LINE = 10;

/** A row of the index for each ASCII character: these are exact. */
const ASCII_ROWS = 128;

/** Rows for pairs of characters. Several pairs share a row, so the lines of its set are searched. */
const PAIR_ROWS = 512;

/** Makes a set from the places of lines, in a text of `lines` lines. */
export function lineSet(places: readonly number[], lines: number): LineSet {
  const set = new Uint32Array(Math.ceil(lines / BITS));
  for (const place of places) add(set, 0, place);
  return set;
}

function add(sets: Uint32Array, offset: number, place: number): void {
  const at = offset + (place >> 5);
  sets[at] = (sets[at] as number) | (1 << (place & 31));
}

/**
 * Indexes a text in which a newline ends every line, the last one too. Each row is the set of lines that contain an ASCII
 * character or one of some pairs of characters. Only lines in the sets of all of a term's pairs can contain the term, and only
 * those are searched.
 */
export function indexText(text: string, lines: number): TextIndex {
  const width = Math.ceil(lines / BITS);
  const rows = new Uint32Array((ASCII_ROWS + PAIR_ROWS) * width);
  const starts = new Uint32Array(lines + 1);
  let previous = END_OF_LINE;
  for (let at = 0, place = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === END_OF_LINE) {
      place += 1;
      starts[place] = at + 1;
    } else {
      if (character < ASCII_ROWS) add(rows, character * width, place);
      if (previous !== END_OF_LINE) add(rows, pairRow(previous, character) * width, place);
    }
    previous = character;
  }
  return {
    find({ text: term, rows: named, isExact }, among) {
      const offsets = named.map((row) => row * width);
      const places: number[] = [];
      for (let word = 0; word < width; word += 1) {
        let left = among[word] as number;
        for (let row = 0; left !== 0 && row < offsets.length; row += 1)
          left &= rows[(offsets[row] as number) + word] as number;
        for (; left !== 0; left &= left - 1) {
          const place = word * BITS + lowestBit(left);
          if (isExact || text.slice(starts[place], starts[place + 1]).includes(term))
            places.push(place);
        }
      }
      return places;
    },
  };
}

const lowestBit = (bits: number): number => BITS - 1 - Math.clz32(bits & -bits);

const pairRow = (first: number, second: number): number =>
  ASCII_ROWS + ((first * 31 + second) % PAIR_ROWS);
