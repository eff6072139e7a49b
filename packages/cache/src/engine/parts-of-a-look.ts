import type { Engine } from "./context.ts";
import type { AnyRead } from "./read-context.ts";

/** Bodies that one look asks for, as far as that is known before: 4 MiB. More would take longer than a store may take to answer. */
const LOOKED_AT_BYTES = 4 * 1024 * 1024;

/** Average size of a resource's bodies, as the last batch that says enough of it had them. */
const bodyBytes = new WeakMap<AnyRead["resource"], number>();

/** Bodies from which an average is believed although it is smaller than the one before. */
const BELIEVED_FROM = 10;

/** Takes note of a batch. A few small bodies say nothing of the many large ones that the next batch may ask for. */
export function learnSize(resource: AnyRead["resource"], sizes: readonly number[]): void {
  const average = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
  if (sizes.length >= BELIEVED_FROM || average > (bodyBytes.get(resource) ?? 0))
    bodyBytes.set(resource, average);
}

/**
 * Parts whose bodies fit into one answer, of at most `most` entries, and half as many while their size is not known. Entries
 * held in the process send none: for all of them one look asks.
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
