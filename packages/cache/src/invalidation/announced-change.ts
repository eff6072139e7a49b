import { withDeadline } from "../clock.ts";
import type { Engine } from "../engine/context.ts";
import { insideLoad } from "../engine/line.ts";
import { uniqueName } from "../engine/unique-name.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import { changeTag } from "../protocol/key-names.ts";
import type { BeginRequest, EndRequest } from "../store.ts";
import type { Tag } from "../tag.ts";
import { announce, failedInvalidation } from "./invalidate-now.ts";

/** Longest time that the write of a change may take: 10 s. */
export const WRITE_LIMIT_MS = 10_000;

/** Assumed longest lease of loads whose resources this process does not know: 10 s, the default `hardTimeout`. */
const USUAL_LEASE_MS = 10_000;

/**
 * Runs a write that hides data, and announces its invalidation before it. If the store does not accept the announcement,
 * the write is not called, and the change rejects with `invalidation_failed`. Once the store has accepted it, nothing
 * old is served, even if the process dies after the write: entries are gone, and no load is stored until the change has
 * ended or its hold has expired.
 */
export async function change<T>(
  engine: Engine,
  tags: readonly Tag[],
  write: (signal: AbortSignal) => Promise<T> | T,
): Promise<T> {
  const announced = announcement(engine, tags);
  const { untilMs } = await begin(engine, { ...announced, entry: null });
  try {
    return await limited(engine, untilMs, write);
  } finally {
    await endQuietly(engine, announced, { target: null, entry: null });
    // A write that rejects may have succeeded all the same.
    await announce(engine, { tags: announced.tags, keys: [], soft: false });
  }
}

export interface Announcement extends Omit<BeginRequest, "entry"> {
  readonly tags: readonly Tag[];
}

export function announcement(engine: Engine, tags: readonly Tag[]): Announcement {
  const unique = [...new Set(tags)];
  // A change is exact even if a tag is throttled.
  const named = [...unique, ...unique.map(changeTag)];
  const { space, resources, settlingMs } = engine;
  const longestLeaseMs = Math.max(USUAL_LEASE_MS, ...resources.map((each) => each.hardTimeoutMs));
  const name = uniqueName(engine);
  return {
    ...name,
    id: name.random,
    tags: unique,
    stampKeys: named.map(space.stamp),
    holdKeys: named.map(space.hold),
    // A load that gets its lease just before the write ends may read the data from before the write; a load that reads
    // from a replica or an index may do so for a while after the write.
    holdMs: WRITE_LIMIT_MS + longestLeaseMs + settlingMs,
  };
}

/**
 * Announces a change. Its write must be over at `untilMs`, which counts from before the request to the store: a process
 * that was frozen meanwhile would otherwise write after its hold has expired.
 */
export async function begin(engine: Engine, request: BeginRequest & Pick<Announcement, "tags">) {
  const { tags, ...rest } = request;
  const untilMs = engine.clock.now() + WRITE_LIMIT_MS;
  engine.l1.generation += 1;
  try {
    const granted = await engine.store.begin(rest);
    // An entry that was validated while the announcement was on its way may be older than the write.
    engine.l1.generation += 1;
    if (engine.clock.now() < untilMs) return { ...granted, untilMs };
    throw new CacheError("store_failed", "the store's answer came too late");
  } catch (error) {
    throw failedInvalidation(`tags ${tags.join(", ")}: nothing was written`, error);
  }
}

/** Calls the write, and aborts it when its time is over. */
export async function limited<T>(
  { clock }: Engine,
  untilMs: number,
  write: (signal: AbortSignal) => Promise<T> | T,
): Promise<T> {
  const controller = new AbortController();
  const late = () =>
    new CacheError("write_timeout", `the write did not end within ${WRITE_LIMIT_MS} ms`);
  try {
    const work = insideLoad(async () => write(controller.signal));
    return await withDeadline(clock, Math.max(0, untilMs - clock.now()), work, late);
  } catch (error) {
    controller.abort(error);
    throw error;
  }
}

/** Ends a change. If that fails, its tags stay on hold until the hold expires: nothing under them is stored meanwhile. */
export async function endQuietly(
  engine: Engine,
  { tags, ...request }: Announcement,
  ended: Pick<EndRequest, "target" | "entry">,
): Promise<void> {
  const startMs = engine.clock.now();
  try {
    await engine.store.end({ ...request, ...uniqueName(engine), ...ended });
  } catch (error) {
    emit(() => ({ type: "change-left-open", tags, error: error as Error }));
    return;
  } finally {
    engine.l1.generation += 1;
  }
  emit(() => ({ type: "invalidated", tags, soft: false, storeMs: engine.clock.now() - startMs }));
}
