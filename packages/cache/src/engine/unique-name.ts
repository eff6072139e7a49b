import type { UniqueName } from "../store.ts";
import type { Engine } from "./context.ts";

/** Parts from which the store makes the stamps and tokens of one request. */
export function uniqueName({ space, token }: Engine): UniqueName {
  return { seqKey: space.sequence, random: token() };
}
