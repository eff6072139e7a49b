import type { Engine } from "./context.ts";
import type { AnyRead } from "./read-context.ts";

/** Limit for the bodies of one look, estimated before it: 4 MiB. More might exceed the store's time limit. */
const LOOKED_AT_BYTES = 4 * 1024 * 1024;

/**
 * Average size of a resource's bodies, from the last batch of at least ten bodies, or from a later one whose average
 * was larger.
 */
const bodyBytes = new WeakMap<AnyRead["resource"], number>();

/** Number of bodies from which a smaller average than the one before is accepted. */
const BELIEVED_FROM = 10;

/** Records a batch. A few small bodies say nothing about the many large ones that the next batch may request. */
export function learnSize(resource: AnyRead["resource"], sizes: readonly number[]): void {
  const average = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
  if (sizes.length >= BELIEVED_FROM || average > (bodyBytes.get(resource) ?? 0))
    bodyBytes.set(resource, average);
}

/**
 * Parts whose bodies fit into one reply, of at most `most` entries, or half as many while their size is unknown.
 * Entries held in the process count no bytes, because a look requests no bodies for them.
 */
export function* partsOf(
  { l1 }: Engine,
  reads: readonly AnyRead[],
  most = Infinity,
): Generator<AnyRead[]> {
  let part: AnyRead[] = [];
  let bytes = 0;
  for (const read of reads) {
    const expected = bodyBytes.get(read.resource);
    const own = l1.held?.has(read.keys.key) ? 0 : (expected ?? 0);
    const isFull = part.length >= (expected === undefined ? most / 2 : most);
    if (part.length > 0 && (isFull || bytes + own > LOOKED_AT_BYTES)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(read);
    bytes += own;
  }
  if (part.length > 0) yield part;
}
