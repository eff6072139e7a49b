import type { UniqueName } from "../store.ts";
import type { Engine } from "./context.ts";

/** Parts from which the store makes the stamps and tokens of one request. */
export function uniqueName({ space, clock, token }: Engine): UniqueName {
  // Whole: a stamp's time stands behind its last dot. Rounded up, since a stamp that looks older settles too soon.
  return { seqKey: space.sequence, random: token(), nowMs: Math.ceil(clock.now()) };
}
