import type { Tag } from "@algoitny/cache";
import type { Register, Span } from "./register.ts";
import type { Shelf } from "./shelf.ts";
import type { Person } from "./state.ts";

/** An answer of the API, unchanged. */
export interface Answer {
  status: number;
  body: string;
  /** `x-total-count`, if present. */
  total: string | null;
}

/** One of the contract's reads by a caller, and the check of its answer. */
export interface Question {
  path: string;
  as: Person | undefined;
  /** The cached view that answers, for the explanation of a failure. */
  key: string;
  tags: readonly Tag[];
  /** Subjects of the answer: `problem 7`, `execution 3`, `statistics of ann`. */
  about: readonly string[];
  /** Fault of the answer to a read within the span; undefined when it is current. */
  judge(answer: Answer, span: Span): string | undefined;
}

/** Judges an answer that must equal one of a few texts, byte for byte; undefined stands for a 404. */
export function oneOf(
  { status, body }: Answer,
  possible: readonly (string | undefined)[],
): string | undefined {
  if (status === 404 && possible.includes(undefined)) return undefined;
  if (status === 200 && possible.includes(body)) return undefined;
  const shown = status === 200 ? body : String(status);
  return different(shown, possible.at(-1) ?? "404", possible.length);
}

/** Number of characters shown around the first difference. */
const AROUND = 70;

/** Shows the first difference of two texts. */
export function different(is: string, must: string, choices = 1): string {
  let at = 0;
  while (at < is.length && at < must.length && is[at] === must[at]) at += 1;
  const part = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + AROUND));
  const or = choices > 1 ? ` (or one of ${choices - 1} more)` : "";
  return `is ${part(is)}, must be ${part(must)}${or}`;
}

/** An element of a list: its id, and its text in the answer. */
export interface Element {
  id: number;
  text: string;
}

/** Rules for judging a list. */
export interface ListRules<Value> {
  /** Every element that may appear, with its states over time. */
  shelf: Shelf<Value>;
  span: Span;
  /** Texts that the list may show of an element in one of these states; undefined when it may be missing. */
  textsOf: (states: readonly (Value | undefined)[]) => (string | undefined)[];
  /** True for an element that may be missing in any state: it is new, and the page is hot. */
  isLate?: (register: Register<Value | undefined>) => boolean;
  /** Number of elements on the pages before this one, and page size. */
  skipped: number;
  pageSize: number;
  /** Recognises elements that are being created: their ids are not known yet. */
  isArriving: (element: Element) => boolean;
  /** Highest number of such elements. */
  arriving: number;
}

/**
 * Judges a page of a list, newest first: every element must have a valid text and place, without duplicates, disorder
 * or gaps.
 */
export function judgeList<Value>(
  shown: readonly Element[],
  {
    shelf,
    span,
    textsOf,
    isLate = () => false,
    skipped,
    pageSize,
    isArriving,
    arriving,
  }: ListRules<Value>,
): string | undefined {
  if (shown.some(({ id }, index) => index > 0 && id >= (shown[index - 1]?.id ?? 0)))
    return "has elements twice or in the wrong order";
  const rest = new Map(shown.map((element) => [element.id, element]));
  const lastId = shown.at(-1)?.id ?? Infinity;
  // Number of elements before the given one: elements with a write in progress count only towards `most`. A first page
  // shows every element before it, so no more than those can have arrived.
  const unknown = shown.filter(({ id }) => shelf.get(id) === undefined);
  let [least, most] = [0, skipped === 0 ? unknown.length : arriving];
  const end = skipped + pageSize;
  for (const [id, register] of shelf.newestFirst()) {
    if (id < lastId && least >= end) break;
    const known = textsOf(register.possible(span));
    const texts = [...new Set(isLate(register) ? [undefined, ...known] : known)];
    const element = rest.get(id);
    const must = texts.at(-1);
    const isCertain = !texts.includes(undefined);
    if (element && !texts.includes(element.text))
      return must === undefined
        ? `shows ${id}, which is not to be seen: ${element.text.slice(0, 2 * AROUND)}`
        : `${id} ${different(element.text, must, texts.length)}`;
    if (element && (most < skipped || least >= end)) return `shows ${id}, which is on another page`;
    if (!element && isCertain && least >= skipped && most < end)
      return `leaves out ${id}, which must be ${must?.slice(0, 2 * AROUND)}`;
    least += Number(isCertain);
    most += Number(isCertain || texts.length > 1);
  }
  const ghost = unknown.find((element) => !isArriving(element));
  return ghost && `shows ${ghost.id}, which was never written: ${ghost.text.slice(0, 2 * AROUND)}`;
}
