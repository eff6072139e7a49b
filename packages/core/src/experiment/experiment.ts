import * as z from "zod/mini";

/** A comparison of two lifetimes of one view, as it is stored. Times in seconds since the epoch. */
export const Experiment = z.object({
  view: z.string().check(z.minLength(1)),
  /** Made of the view and the start time, so that the figures of two experiments are never mixed. */
  id: z.string().check(z.minLength(1)),
  state: z.enum(["running", "ended"]),
  usual_seconds: z.int().check(z.positive()),
  trial_seconds: z.int().check(z.positive()),
  /** Length of a slot: in each pair of slots a key has each of the two lifetimes once. */
  slot_seconds: z.int().check(z.positive()),
  /** Time at the start of each slot that is not counted, because entries of the slot before are still served. */
  settling_seconds: z.int().check(z.nonnegative()),
  started_at: z.int().check(z.positive()),
  ended_at: z.nullable(z.int().check(z.positive())),
  ended_because: z.nullable(z.string()),
  /** DynamoDB read units of a load, for its price. */
  read_units: z.number().check(z.nonnegative()),
});
export type Experiment = z.output<typeof Experiment>;
