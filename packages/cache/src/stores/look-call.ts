import { textsIn } from "./replies.ts";
import type { ScriptCall } from "./script-calls.ts";
import { LOOK_AT_MANY } from "./scripts.ts";

/**
 * A script with flags counts as one that writes, unless they say otherwise: where an invalidation would be refused (a
 * replica, a disk that failed, replicas missing), so is the look, instead of showing what can no longer be invalidated. A
 * full Redis takes both.
 */
const LOOK_HEADER = "#!lua flags=allow-oom";

export function lookCall(
  script: string | null,
  keys: readonly string[],
): ScriptCall<(string | null)[]> {
  return {
    script: script ?? LOOK_AT_MANY,
    header: LOOK_HEADER,
    keys,
    args: [],
    read: (reply) => textsIn("mget", reply, keys.length),
  };
}
