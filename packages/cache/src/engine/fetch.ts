import type { Engine } from "./context.ts";
import { lookUp } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import { serveFresh } from "./serve-fresh.ts";
import type { Served } from "./served.ts";

/**
 * The read path: one look at the store for all reads, and further requests only for reads that found nothing to serve.
 * `get` is a group of one. Each result is a separate promise. Code that a hit does not need is imported on use, so that
 * functions start faster.
 */
export async function fetchAll(
  engine: Engine,
  reads: readonly AnyRead[],
  round = 0,
): Promise<Promise<Served>[]> {
  if (reads[0]?.resource.rollout)
    return (await import("./rollout.ts")).fetchInRollout(engine, reads);
  const found = await lookUp(engine, reads);
  const served = found.map((each) => serveFresh(engine, each));
  if (engine.verify) await (await import("./verify.ts")).sampleHits(engine, found, served);
  const open = found.filter((_, index) => served[index] === undefined);
  const obtained =
    open.length > 0 ? await (await import("./obtain.ts")).obtain(engine, open, round) : [];
  return served.map(async (each) => each ?? (obtained.shift() as Promise<Served>));
}

export async function fetch(engine: Engine, read: AnyRead): Promise<Served> {
  return (await fetchAll(engine, [read]))[0] as Promise<Served>;
}
