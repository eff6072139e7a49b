import type { Tag } from "@algoitny/cache";
import { type Key, keys } from "./table/keys.ts";
import type { TagName } from "./tags.ts";
import { isRecorded } from "./view.ts";
import { type ViewName, viewNamed } from "./views.ts";

/** Items that the loads of a tag's views read, or whole views if only their loads know which items they read. */
type Behind = readonly (Key | ViewName)[];

/**
 * Tag of the rules → what the loads of its views have read. Entries of recorded views carry the tags of these reads
 * instead of the rules' tags, so an operator's tag has to reach them by the same tags as a write.
 */
const behind: { readonly [Name in TagName]: (...parts: string[]) => Behind } = {
  problem_extent: () => ["problem_segment"],
  problem_segment: () => ["problem_segment"],
  problem: (id) => [keys.problem(Number(id))],
  problem_key: (platform = "", problemId = "") => [keys.problemKey(platform, problemId)],
  problem_list: () => ["problem_list"],
  problem_list_all: () => ["problem_list"],
  problem_drafts: () => ["problem_drafts"],
  problem_registered: () => ["problem_registered"],
  problem_bodies: () => ["problem_detail"],
  test_cases: (id) => [keys.testCases(Number(id))],
  test_cases_all: () => ["problem_detail", "history_detail"],
  problem_visibility: () => ["history_detail"],
  user_stats: (sub = "") => [keys.userStats(sub)],
  history_public: () => ["search_history"],
  history_changed: () => ["search_history"],
  history_user: () => ["search_history"],
  history: (id) => [keys.history(Number(id))],
};

interface Reach {
  readonly items: readonly Key[];
  /** Tags of whole views. */
  readonly views: readonly Tag[];
}

/**
 * Items and recorded views that an operator's tags of the rules invalidate. The tag of a whole view adds nothing
 * here, because every entry of the view carries it.
 */
export function reachOf(
  named: readonly Tag[],
  isRecordedView = (view: ViewName) => isRecorded(view, process.env),
): Reach {
  const found = named.flatMap((tag) => {
    const [name = "", ...parts] = tag.split(":");
    return Object.hasOwn(behind, name)
      ? behind[name as TagName](...parts.map(decodeURIComponent))
      : [];
  });
  const views = found.filter((each) => typeof each === "string").filter(isRecordedView);
  return {
    items: found.filter((each) => typeof each !== "string"),
    views: views.flatMap((name) => viewNamed(name)?.tag ?? []),
  };
}
