import { findIn, listedOf, rowAt, searchFor, type Segment } from "./segment.ts";
import type { ProblemListItem } from "./problem.answers.ts";
import type { ProblemListQuery } from "./problem-query.ts";

/** All problems except deleted ones, in segments; newest first. */
export type Catalogue = readonly Segment[];

/** Condition by which problems are selected. */
export interface Choice {
  platform?: string | undefined;
  /** Case-folded text in title or problem id. */
  search?: string | undefined;
  /** Drafts of all platforms, instead of listed problems; the other conditions are then ignored. */
  drafts?: boolean;
}

/** Selected problems, newest first. */
export interface Chosen {
  readonly total: number;
  /** JSON of the rows from one position up to (not including) another; by default all. */
  readonly rows: (start?: number, end?: number) => string[];
}

/** Selects problems, reading no more of the catalogue than the condition needs. */
export function choose(
  catalogue: Catalogue,
  { platform, search, drafts = false }: Choice = {},
): Chosen {
  const searched = search === undefined ? undefined : searchFor(search);
  const chosen = catalogue.map((segment) => ({
    segment,
    places: drafts
      ? segment.drafts
      : searched === undefined
        ? listedOf(segment, platform)
        : findIn(segment, searched, platform),
  }));
  return {
    total: chosen.reduce((sum, { places }) => sum + places.length, 0),
    rows: (start = 0, end = Infinity) => {
      let skipped = 0;
      return chosen.flatMap(({ segment, places }) => {
        const first = skipped;
        skipped += places.length;
        const own = places.slice(Math.max(0, start - first), Math.max(0, end - first));
        return own.map((place) => rowAt(segment, place));
      });
    },
  };
}

/** Rows of selected problems as values. */
export function itemsOf(chosen: Chosen, start?: number, end?: number): ProblemListItem[] {
  return JSON.parse(jsonOf(chosen.rows(start, end))) as ProblemListItem[];
}

/** JSON of a list of rows. */
export const jsonOf = (rows: readonly string[]): string => `[${rows.join(",")}]`;

/** A page of a list, as JSON. */
export interface ProblemPage {
  readonly rows: string;
  /** Number of all matches. */
  readonly total: number;
  /**
   * False for pages that clients could request in any number: made-up platforms, searches without a result, pages past the
   * end.
   */
  readonly isOneOfFew: boolean;
}

/** Makes a page of a list or a search. */
export function pageOf(
  catalogue: Catalogue,
  { page, page_size: size, ...choice }: ProblemListQuery,
): ProblemPage {
  const chosen = choose(catalogue, choice);
  const { total } = chosen;
  const start = (page - 1) * size;
  // A platform whose problems are all hidden counts as made up: Cache-Status must not reveal that it exists.
  const isKnown = choice.search === undefined && (choice.platform === undefined || total > 0);
  const isOneOfFew = start < total || (page === 1 && isKnown);
  return { rows: jsonOf(chosen.rows(start, start + size)), total, isOneOfFew };
}

/** Platforms with a listed problem, in the order of their newest problems. */
export function platformsOf(catalogue: Catalogue): string[] {
  const all = catalogue.flatMap((segment) => {
    const named = listedOf(segment).map((place) => segment.platformOf[place] as number);
    return [...new Set(named)].map((number) => segment.platforms[number] as string);
  });
  return [...new Set(all)];
}

/** True when a problem with this id is listed. */
export function hasListed(catalogue: Catalogue, id: number): boolean {
  return catalogue.some((segment) => {
    const place = segment.ids.indexOf(id);
    return place !== -1 && !segment.drafts.includes(place);
  });
}
