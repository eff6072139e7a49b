import type { Engine } from "../engine/context.ts";
import { EVERYTHING } from "../protocol/key-names.ts";
import type { BeatResult } from "../store.ts";
import { announce, failedInvalidation } from "./invalidate-now.ts";

/** Advances the store's closed timestamp, and invalidates everything in a store that was rolled back. */
export async function beat(
  engine: Engine,
  { closedMs, expected }: { closedMs: number; expected: string | null },
): Promise<BeatResult> {
  const { space, store, token } = engine;
  const request = {
    closedKey: space.closed,
    stampKey: space.stamp(EVERYTHING),
    expected,
    closedMs: Math.floor(closedMs),
    random: token(),
  };
  let result: BeatResult;
  try {
    // The store may have advanced although no answer came: a retry with another random part would look like a roll-back.
    result = await store.beat(request).catch(() => store.beat(request));
  } catch (error) {
    throw failedInvalidation("closed timestamp", error);
  }
  if (result.state !== "cleared") return result;
  engine.l1.generation += 1;
  await announce(engine, { tags: [EVERYTHING], keys: [], soft: false });
  return result;
}
