import type { Engine } from "../engine/context.ts";
import { createEffort } from "../engine/effort.ts";
import { entryTags } from "../engine/fence.ts";
import { stampKeysOf } from "../engine/lease.ts";
import { NEVER } from "../engine/unreachable.ts";
import { refuse } from "../errors.ts";
import { createLoad } from "../engine/load.ts";
import { toEntry } from "../engine/make-entry.ts";
import type { AnyRead } from "../engine/read-context.ts";
import { storedId } from "../protocol/entry.ts";
import { entryTag, FILLS } from "../protocol/key-names.ts";
import { isRecorded } from "../recording/is-recorded.ts";
import { STAMP_MARGIN_MS } from "../protocol/stamp.ts";
import { encodeRest } from "../protocol/write-entry.ts";
import type { PrimedEntry } from "../store.ts";
import type { Tag } from "../tag.ts";
import { announcement, begin, endQuietly, limited } from "./announced-change.ts";
import { announce } from "./invalidate-now.ts";

/**
 * Runs a write and stores its result as the entry of a resource: the lease and the stamps are taken before the write,
 * so that an old value is never stored over the new one. Of concurrent writes none is stored: they share the hold, and
 * each removes the entry.
 */
export async function set(
  engine: Engine,
  read: AnyRead,
  write: (signal: AbortSignal) => unknown,
  tags: readonly Tag[],
): Promise<unknown> {
  const { keys } = read;
  if (isRecorded(keys))
    refuse(`set: ${keys.key}: only a load shows what its entry depends on: write, then invalidate`);
  const announced = announcement(engine, [...tags, entryTag(keys.key)]);
  const stamps = stampKeysOf(keys.stampKeys);
  const { entryKey, leaseKey } = keys;
  const leaseMs = announced.holdMs;
  // An invalidation by pattern refuses loads in progress by this stamp.
  const fills = { key: engine.space.stamp(FILLS), permanent: true };
  const stampTtlMs = leaseMs + STAMP_MARGIN_MS;
  const entry = { entryKey, leaseKey, leaseMs, stamps: [...stamps, fills], stampTtlMs };
  const granted = await begin(engine, { ...announced, entry });
  const startMs = engine.clock.now();
  let written: unknown;
  let primed: PrimedEntry | null = null;
  try {
    const value = await limited(engine, granted.untilMs, write);
    const load = await createLoad(read, { value, startMs, loadMs: engine.clock.now() - startMs });
    const lease = {
      token: granted.token,
      // NaN: every stamp counts as new. The written value is current, but data that the write has read may be older.
      atMs: NaN,
      stamps: new Map(keys.stampKeys.map((key, index) => [key, granted.stamps[index] ?? ""])),
      sent: NEVER,
    };
    const effort = {
      ...createEffort({ read, look: { state: "down", pending: false }, closedMs: null }),
      lease,
    };
    const named = entryTags(engine, effort, load);
    // A tag that comes from the value alone has no stamp from before the write: such an entry is not stored.
    const { entry: made, load: kept } = await toEntry(engine, read, load, named);
    if (kept.keep && named.valueTags.length === 0) {
      const { freshUntilMs, staleUntilMs, errorUntilMs } = made.header;
      const untilMs = Math.max(freshUntilMs, staleUntilMs, errorUntilMs);
      const entryTtlMs = Math.max(1, Math.ceil(untilMs - engine.clock.now()));
      primed = {
        entryKey,
        leaseKey,
        token: granted.token,
        id: storedId(made.id),
        rest: encodeRest(made),
        entryTtlMs,
        stampTtlMs: entryTtlMs + STAMP_MARGIN_MS,
        stamps: stamps.map((stamp, index) => ({ ...stamp, stamp: granted.stamps[index] ?? "" })),
        compare: [{ key: fills.key, stamp: granted.stamps[stamps.length] ?? "" }],
        holds: keys.tags.map(engine.space.hold),
      };
    }
    written = load.value;
  } finally {
    await endQuietly(engine, announced, { target: { entryKey, leaseKey }, entry: primed });
    await announce(engine, { tags, keys: [keys.key], soft: false });
  }
  return written;
}
