export { checkStore } from "./check-store.ts";
export { forceRefresh } from "./engine/refresh.ts";
export { beat } from "./invalidation/beat.ts";
export { change } from "./invalidation/announced-change.ts";
export { invalidatePattern, listKeys } from "./invalidation/pattern.ts";
export { set } from "./invalidation/set.ts";
export { invalidateTargets, tagsOf } from "./invalidation/targets.ts";
