import * as z from "zod/mini";

/**
 * Probe: an item with its own partition key, which each beat writes anew. The stream delivers its change after every
 * earlier change of the same shard.
 */
export const Probe = z.object({
  number: z.int().check(z.minimum(0)),
  /** Time of sending, in ms since the epoch. */
  sent_ms: z.int().check(z.minimum(0)),
});
export type Probe = z.infer<typeof Probe>;

/**
 * Value that the last beat left in the cache's store: another value there means that the store was reset or replaced.
 */
export const BeatState = z.object({ value: z.string().check(z.minLength(1)) });

/** Number of the probe that the beat reads like a recorded view. */
export const READ_PROBE = 0;
