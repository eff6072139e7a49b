import type { Tag } from "@algoitny/cache";
import { historyViews } from "./history/history.resources.ts";
import { problemViews } from "./problem/problem.resources.ts";
import type { EntityName } from "./table/entities.ts";
import { testCaseViews } from "./test-case/test-case.resources.ts";
import { userViews } from "./user/user.resources.ts";
import { type AnyView, checkRecorded } from "./view.ts";

const all = [...problemViews, ...testCaseViews, ...userViews, ...historyViews] as const;

export type ViewName = (typeof all)[number]["name"];

/** Every cached view of the API. Handlers cannot read others. */
export const views: readonly (AnyView & { readonly name: ViewName })[] = all;

/** Throws a CoreError (`invalid`) if `CACHE_RECORDED_VIEWS` contains an unknown view. */
export function checkRecordedViews(env: Readonly<Record<string, string | undefined>>): void {
  checkRecorded(
    views.map(({ name }) => name),
    env,
  );
}

checkRecordedViews(process.env);

/** The view with this name, as a queue's message names it; undefined if there is none. */
export function viewNamed(name: string): AnyView | undefined {
  return views.find((view) => view.name === name);
}

/** Tags of every view that shows any field of an entity. */
export function tagsOfEntity(entity: EntityName): Tag[] {
  return views.filter(({ shows }) => shows.includes(entity)).map(({ tag }) => tag);
}
