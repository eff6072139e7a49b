import { deferred } from "../deferred.ts";
import type { Engine } from "../engine/context.ts";
import { uniqueName } from "../engine/unique-name.ts";
import { STAMP_MARGIN_MS } from "../protocol/stamp.ts";
import type { Tag } from "../tag.ts";

type Made = ReadonlyMap<Tag, string>;

interface Batch {
  readonly tags: Set<Tag>;
  lifeMs: number;
  readonly made: Promise<Made>;
}

/** Requests that have not been sent yet, by cache. */
const waiting = new WeakMap<Engine, Batch>();

/**
 * Creates the missing stamps, for loads that take up to `lifeMs`, and returns all of them. Loads of one tick share a
 * request: it is sent after all of them have asked, so each stamp exists before any of their reads. A request that has
 * been sent is never joined.
 */
export async function makeStamps(
  engine: Engine,
  tags: readonly Tag[],
  lifeMs: number,
): Promise<Made> {
  const batch = waiting.get(engine) ?? open(engine);
  for (const tag of tags) batch.tags.add(tag);
  batch.lifeMs = Math.max(batch.lifeMs, lifeMs);
  return batch.made;
}

function open(engine: Engine): Batch {
  const { promise, resolve, reject } = deferred<Made>();
  const batch: Batch = { tags: new Set(), lifeMs: 0, made: promise };
  waiting.set(engine, batch);
  atEndOfTick(() => {
    waiting.delete(engine);
    send(engine, batch).then(resolve, reject);
  });
  return batch;
}

async function send(engine: Engine, { tags, lifeMs }: Batch): Promise<Made> {
  const all = [...tags];
  const keys = all.map(engine.space.stamp);
  const stampTtlMs = Math.ceil(lifeMs) + STAMP_MARGIN_MS;
  const stamps = await engine.store.stamps({ ...uniqueName(engine), keys, stampTtlMs });
  return new Map(all.map((tag, index) => [tag, stamps[index] ?? ""]));
}

/** Runs a function as soon as no promise job (microtask) is left to run. */
export function atEndOfTick(run: () => void): void {
  void Promise.resolve().then(() => process.nextTick(run));
}
