import type { LeaseBatch } from "../store.ts";

/**
 * The same batch for another try, after one whose fate is unknown. It takes the leases that the first try was granted, under
 * tokens of its own: granted late, the first try's open nothing.
 */
export function repeatedLease(batch: LeaseBatch): LeaseBatch {
  return { ...batch, random: `${batch.random}'`, formerRandom: batch.random };
}
