import { emit } from "../events.ts";
import { CacheError } from "../errors.ts";
import { type Judgement, verdictOf } from "../protocol/verification.ts";
import type { AnyResource } from "../resource.ts";
import { differsFromOrigin, entryInPlace } from "./compare.ts";
import type { Engine } from "./context.ts";
import type { Found } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import { enqueueWithin } from "./serve-stale.ts";

/** Request to check a hit: `cache.runVerifyTask` runs it. */
export interface VerifyTask {
  readonly resource: string;
  readonly key: string;
  readonly params: unknown;
  /** Id of the entry that was served. */
  readonly entryId: string;
  /** Time at which the origin was first seen to differ, in ms since the epoch; absent before the first check. */
  readonly differsSinceMs?: number;
}

export interface VerifyOptions {
  /**
   * Share of the hits that are checked: above 0, 1 at most. Each check costs a look and at most one load, and up to
   * three more looks if the values differ. Read at each hit, so that a getter may pause the checks.
   */
  readonly rate: number;
  /**
   * Accepts a check that is due in `delayMs`, for instance by sending it to a queue. If it rejects at a hit, the error
   * is published (`verify-failed`), and the hit is still served; in `cache.runVerifyTask`, the run rejects.
   */
  readonly enqueue: (task: VerifyTask, delayMs: number) => Promise<void> | void;
}

/** Enqueues the checks of those hits whose loads are strongly consistent, and can be repeated by another process. */
export async function enqueueChecks(engine: Engine, hits: readonly Found[]): Promise<void> {
  const { verify } = engine;
  await Promise.all(
    hits.map(async ({ read, look }) => {
      if (look.state !== "fresh" || !isVerifiable(read.resource)) return;
      const { name: resource } = read.resource;
      const { key } = read.keys;
      const task = { resource, key, params: read.params as unknown, entryId: look.entry.id };
      const error = await enqueueWithin(engine, read, () => verify?.enqueue(task, 0));
      if (error) emit(() => ({ type: "verify-failed", resource, key, error }));
    }),
  );
}

function isVerifiable({ consistency, isDeclared, deferrable, verifiable }: AnyResource): boolean {
  return consistency === "strong" && isDeclared && deferrable && verifiable;
}

/**
 * Checks a hit: compares its entry with the origin's value. If they differ, further checks after 10, 60 and 300 s find
 * out if the entry is still valid. Stores nothing. Rejects with the loader's error, the error of `verify.enqueue`, or
 * `store_failed`.
 */
export async function verifyHit(
  engine: Engine,
  read: AnyRead,
  task: VerifyTask,
): Promise<Judgement> {
  const { verify, clock } = engine;
  if (verify === undefined)
    throw new CacheError("definition_invalid", "runVerifyTask: give `verify` to new Cache");
  let { differsSinceMs } = task;
  const entry = await entryInPlace(engine, read, task.entryId);
  let isSame = false;
  if (entry !== null && differsSinceMs === undefined) {
    isSame = !(await differsFromOrigin(engine, read, entry));
    differsSinceMs = clock.now();
  }
  const sinceMs = clock.now() - (differsSinceMs ?? 0);
  const judgement = verdictOf({ isCurrent: entry !== null, isSame, sinceMs });
  const { verdict, windowMs, againMs } = judgement;
  emit(() => ({ type: "verified", resource: task.resource, key: task.key, verdict, windowMs }));
  if (againMs !== null)
    await verify.enqueue({ ...task, differsSinceMs: differsSinceMs as number }, againMs);
  return judgement;
}
