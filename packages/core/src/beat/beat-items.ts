import * as z from "zod";

/**
 * An item that each beat writes anew, in a partition of its own: the stream shows it after every change that its shard has
 * from before.
 */
export const Probe = z.object({
  number: z.int().min(0),
  /** When it was sent, in ms since the epoch. */
  sent_ms: z.int().min(0),
});
export type Probe = z.infer<typeof Probe>;

/** What the last beat left in the cache's store: another value there means that the store is not what it was. */
export const BeatState = z.object({ value: z.string().min(1) });
