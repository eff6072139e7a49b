import { defineTags, type Tag } from "@algoitny/cache";

export type { Tag };

const OTHERS = "other";
/** Platforms with a tag each for their lists; all others share one, so that made-up names leave no stamps behind. */
export const listPlatforms: readonly string[] = ["baekjoon", "codeforces", OTHERS];

/** Parts of tags, and how a tag spells each. */
const parts = {
  id: (id: number) => id,
  platform: (platform: string) => platform,
  list_platform: (platform: string) => (listPlatforms.includes(platform) ? platform : OTHERS),
  partition: (partition: number) => partition,
  problem_id: (problemId: string) => problemId,
  sub: (sub: string) => sub,
} as const;

export type TagPart = keyof typeof parts;

/** Every tag of the application, and the parts behind its name. `invalidation-rules.ts` says which change invalidates which tags. */
export const tagParts = {
  /** Number of the catalogue's partitions; invalidated with each of them. */
  problem_extent: [],
  /** One partition of the catalogue, as lists need it. */
  problem_segment: ["partition"],
  /** The problem's detail by id. */
  problem: ["id"],
  /** The problem's detail by platform and problem id. */
  problem_key: ["platform", "problem_id"],
  /** Lists of one platform. */
  problem_list: ["list_platform"],
  /** Lists of all platforms. */
  problem_list_all: [],
  problem_drafts: [],
  problem_registered: [],
  /**
   * Any problem's constraints or solution: details by platform and problem id carry it, because a body only contains its
   * problem's id.
   */
  problem_bodies: [],
  /** A problem's test cases, by the problem's id. */
  test_cases: ["id"],
  /** Any problem's test cases: carried by views that show test cases and are not found by the problem's id. */
  test_cases_all: [],
  /** A problem has become visible to all, or has been hidden: executions show or hide its test cases. */
  problem_visibility: [],
  user_stats: ["sub"],
  /** Pages of the public feed; a page that is hot survives its invalidation for a second. */
  history_public: [],
  /** Some execution of the public feed was changed, hidden or shown. The feed's pages carry it too, without a throttle. */
  history_changed: [],
  history_user: ["sub"],
  history: ["id"],
} as const satisfies Record<string, readonly TagPart[]>;

export type TagName = keyof typeof tagParts;

declare const tagName: unique symbol;

/** A tag that is known to have this name. */
export type NamedTag<Name extends TagName> = Tag & { readonly [tagName]: Name };

type Values<Parts extends readonly TagPart[]> = {
  -readonly [Index in keyof Parts]: Parameters<(typeof parts)[Parts[Index]]>[0];
};

type Tags = {
  readonly [Name in TagName]: (...values: Values<(typeof tagParts)[Name]>) => NamedTag<Name>;
};

/** Makes a tag by its name. */
export const tags = defineTags(
  Object.fromEntries(
    Object.entries(tagParts).map(([name, names]) => [
      name,
      (...values: never[]) => names.map((part, index) => parts[part](values[index] as never)),
    ]),
  ),
) as Tags;

/** Tags of the entries from which lists are computed: they are invalidated in this order, before all other tags. */
const INPUTS: readonly string[] = ["problem_segment", "problem_extent"] satisfies TagName[];

const nameOf = (tag: Tag): string => tag.split(":", 1)[0] ?? "";

/**
 * Sorts tags so that they may be invalidated one by one: those of inputs come first. Otherwise a list could be
 * computed from an old segment after the list's tag was invalidated, and would stay until the next change. The
 * extent's tag comes after those of segments, because an unchanged extent means that no segment has changed.
 */
export function inputsFirst(all: Iterable<Tag>): Tag[] {
  const placeOf = (tag: Tag) => {
    const place = INPUTS.indexOf(nameOf(tag));
    return place === -1 ? INPUTS.length : place;
  };
  return [...all].toSorted((one, other) => placeOf(one) - placeOf(other));
}

/**
 * Tags of a changed segment. The extent's tag is one of them, because processes that find the extent's entry unchanged
 * do not look at segments, and because a new problem may be the first of its partition: the id counter's stream record
 * that shows the new partition may come from another problem's creation, and arrive later.
 */
export const segmentTags = (
  partition: number,
): NamedTag<"problem_segment" | "problem_extent">[] => [
  tags.problem_segment(partition),
  tags.problem_extent(),
];

/** Adds the extent's tag to those of segments. */
export function withExtent(all: readonly Tag[]): readonly Tag[] {
  const isSegment = (tag: Tag) => nameOf(tag) === ("problem_segment" satisfies TagName);
  return all.some(isSegment) ? [...all, tags.problem_extent()] : all;
}

/** The lists of every platform, and those of all platforms. */
export const everyProblemList = (): NamedTag<"problem_list" | "problem_list_all">[] => [
  ...listPlatforms.map((platform) => tags.problem_list(platform)),
  tags.problem_list_all(),
];
