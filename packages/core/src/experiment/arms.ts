import { hash } from "node:crypto";
import type { Experiment } from "./experiment.ts";

/** The lifetime of a key in an experiment: the view's usual one, or the trial one. */
export const ARMS = ["usual", "trial"] as const;
export type Arm = (typeof ARMS)[number];

/**
 * Number of buckets of keys. Buckets form pairs, and so do slots: in a pair of slots, one bucket of each pair has the trial
 * lifetime in the first slot, the other bucket in the second.
 */
const BUCKETS = 64;

/** Number of the first slot, which is the first one that begins at or after the experiment's start. */
export function firstSlot({ started_at: startedAt, slot_seconds: slot }: Experiment): number {
  return Math.ceil(startedAt / slot);
}

/**
 * The arm of a key at a time (seconds since the epoch); undefined before the first slot and after the experiment's
 * end. In a pair of slots each key is in each arm once. The order is drawn for each pair of slots and of buckets, so
 * the arms differ neither in keys nor in hours of the day.
 */
export function armAt(experiment: Experiment, key: string, atSeconds: number): Arm | undefined {
  const { view, id, slot_seconds: slotSeconds, ended_at: endedAt } = experiment;
  const slot = Math.floor(atSeconds / slotSeconds) - firstSlot(experiment);
  if (slot < 0 || (endedAt !== null && atSeconds >= endedAt)) return undefined;
  const bucket = numberOf(`${view} ${key}`) % BUCKETS;
  const coin = numberOf(`${id} ${Math.floor(slot / 2)} ${bucket >> 1}`);
  return ((coin ^ bucket ^ slot) & 1) === 1 ? "trial" : "usual";
}

/** Start of the counted part of the slot that contains a time, in seconds since the epoch. */
export function countedFrom(
  { slot_seconds: slot, settling_seconds: settling }: Experiment,
  atSeconds: number,
): number {
  return Math.floor(atSeconds / slot) * slot + settling;
}

/** Lifetime of an arm, in seconds. */
export function secondsOf({ usual_seconds, trial_seconds }: Experiment, arm: Arm): number {
  return arm === "trial" ? trial_seconds : usual_seconds;
}

/** 32 bits of a text's hash. */
function numberOf(text: string): number {
  return Number.parseInt(hash("sha256", text).slice(0, 8), 16);
}
