import { hash } from "node:crypto";
import type { Experiment } from "./experiment.ts";

/** The lifetime of a key: the view's usual one, or the trial one. */
export const ARMS = ["usual", "trial"] as const;
export type Arm = (typeof ARMS)[number];

/** Buckets of keys, two by two: of each two, one has the trial lifetime in a pair's first slot, the other one in its second. */
const BUCKETS = 64;

/** Number of the first slot: the first one that begins after the start. */
export function firstSlot({ started_at: startedAt, slot_seconds: slot }: Experiment): number {
  return Math.ceil(startedAt / slot);
}

/**
 * The arm that a key is in at a time (seconds since the epoch); undefined before the first slot and after the end. Over the two
 * slots of a pair each key is in both arms, in an order drawn for each pair: neither keys nor hours of the day differ between them.
 */
export function armAt(experiment: Experiment, key: string, atSeconds: number): Arm | undefined {
  const { view, id, slot_seconds: slotSeconds, ended_at: endedAt } = experiment;
  const slot = Math.floor(atSeconds / slotSeconds) - firstSlot(experiment);
  if (slot < 0 || (endedAt !== null && atSeconds >= endedAt)) return undefined;
  const bucket = numberOf(`${view} ${key}`) % BUCKETS;
  const coin = numberOf(`${id} ${Math.floor(slot / 2)} ${bucket >> 1}`);
  return ((coin ^ bucket ^ slot) & 1) === 1 ? "trial" : "usual";
}

/** Start of the counted part of the slot that a time lies in, in seconds since the epoch. */
export function countedFrom(
  { slot_seconds: slot, settling_seconds: settling }: Experiment,
  atSeconds: number,
): number {
  return Math.floor(atSeconds / slot) * slot + settling;
}

/** Lifetime of an arm. */
export function secondsOf({ usual_seconds, trial_seconds }: Experiment, arm: Arm): number {
  return arm === "trial" ? trial_seconds : usual_seconds;
}

/** 32 bits of a text's hash. */
function numberOf(text: string): number {
  return Number.parseInt(hash("sha256", text).slice(0, 8), 16);
}
