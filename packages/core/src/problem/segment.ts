import { deflateRawSync, inflateRawSync } from "node:zlib";
import { foldCase } from "../fold-case.ts";
import type { ProblemListItem } from "./problem.answers.ts";
import { isDraft, isListed, matches, type Problem } from "./problem.ts";
import { toListItem } from "./problem-view.ts";
import {
  indexText,
  type LineSet,
  lineSet,
  type Term,
  termOf,
  type TextIndex,
} from "./text-index.ts";

/**
 * One partition of the catalogue in the form that lists need, newest first and without deleted problems: plain data, so
 * that the cache stores it, and all reads of a process share one object. The searched text is plain; rows stay deflated
 * until one is shown.
 */
export interface Segment {
  readonly ids: readonly number[];
  /** Platforms of its problems, each once. */
  readonly platforms: readonly string[];
  /** For each problem: the index of its platform in `platforms`. */
  readonly platformOf: readonly number[];
  /** Positions of drafts; all others are listed. */
  readonly drafts: readonly number[];
  /** Case-folded title and problem id of each, one line per problem. */
  readonly text: string;
  /** Bytes of each row. */
  readonly lengths: readonly number[];
  /** Rows as the API shows them, JSON one after the other: deflated, in base64. */
  readonly rows: string;
}

const BETWEEN_FIELDS = "\0";
const END_OF_LINE = "\n";

/** The two separators in the text of a segment, and the character that replaces all three in titles and problem ids. */
// oxlint-disable-next-line no-control-regex -- they are control characters
const RESERVED = /[\0\n\u0001]/g;
const REPLACEMENT = "\u0001";

const searchable = (text: string): string => text.replace(RESERVED, REPLACEMENT);

/** Makes a segment from the problems of a partition, newest first. */
export function makeSegment(problems: readonly Problem[]): Segment {
  const shown = problems.filter((problem) => isListed(problem) || isDraft(problem));
  const platforms = [...new Set(shown.map(({ platform }) => platform))];
  const rows = shown.map((problem) => Buffer.from(JSON.stringify(toListItem(problem))));
  const line = ({ title, problem_id }: Problem) =>
    searchable(foldCase(title)) + BETWEEN_FIELDS + searchable(foldCase(problem_id)) + END_OF_LINE;
  return {
    ids: shown.map(({ id }) => id),
    platforms,
    platformOf: shown.map(({ platform }) => platforms.indexOf(platform)),
    drafts: shown.flatMap((problem, place) => (isDraft(problem) ? [place] : [])),
    text: shown.map(line).join(""),
    lengths: rows.map(({ length }) => length),
    rows: deflateRawSync(Buffer.concat(rows)).toString("base64"),
  };
}

/** Lookups of a segment, each made on first use. */
interface Opened {
  readonly listed: Map<string | undefined, Listed>;
  index?: TextIndex;
  rows?: Buffer;
  /** Start of each row, in bytes. */
  offsets?: Uint32Array;
}

/** Listed problems of a platform, or of all. */
interface Listed {
  readonly places: readonly number[];
  readonly set: LineSet;
}

const opened = new WeakMap<Segment, Opened>();

function open(segment: Segment): Opened {
  const known = opened.get(segment);
  if (known) return known;
  const made: Opened = { listed: new Map() };
  opened.set(segment, made);
  return made;
}

/** Positions of the listed problems of a platform, or of all of them. */
export const listedOf = (segment: Segment, platform?: string): readonly number[] =>
  listed(segment, platform)?.places ?? [];

/** Undefined if the segment has no problem of the platform: clients can make up any number of names. */
function listed(segment: Segment, platform: string | undefined): Listed | undefined {
  const { listed: known } = open(segment);
  const there = known.get(platform);
  if (there) return there;
  const number = platform === undefined ? undefined : segment.platforms.indexOf(platform);
  if (number === -1) return undefined;
  const { ids, platformOf } = segment;
  const drafts = new Set(segment.drafts);
  const places = [...ids.keys()].filter(
    (place) => !drafts.has(place) && (number === undefined || platformOf[place] === number),
  );
  const made = { places, set: lineSet(places, ids.length) };
  known.set(platform, made);
  return made;
}

/** A (case-folded) search, prepared once for all segments. */
export interface Search {
  readonly text: string;
  readonly term: Term;
}

export const searchFor = (text: string): Search => ({ text, term: termOf(searchable(text)) });

/** Positions of the listed problems whose title or problem id contains the searched text. */
export function findIn(segment: Segment, { text, term }: Search, platform?: string) {
  const among = listed(segment, platform);
  if (among === undefined) return [];
  const known = open(segment);
  known.index ??= indexText(segment.text, segment.ids.length);
  const found = known.index.find(term, among.set);
  // A replaced character may match another one.
  return term.text.includes(REPLACEMENT)
    ? found.filter((place) => matches(JSON.parse(rowAt(segment, place)) as ProblemListItem, text))
    : found;
}

/** The row of a problem as JSON. */
export function rowAt(segment: Segment, place: number): string {
  const known = open(segment);
  if (!known.offsets || !known.rows) {
    const offsets = new Uint32Array(segment.lengths.length + 1);
    for (const [index, length] of segment.lengths.entries())
      offsets[index + 1] = (offsets[index] as number) + length;
    known.offsets = offsets;
    known.rows = inflateRawSync(Buffer.from(segment.rows, "base64"), {
      maxOutputLength: Math.max(1, offsets.at(-1) ?? 0),
    });
  }
  return known.rows.toString("utf8", known.offsets[place], known.offsets[place + 1]);
}
