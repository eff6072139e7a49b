import { ARMS, type Arm, firstSlot } from "@algoitny/core/experiment/arms";
import type { Experiment } from "@algoitny/core/experiment/experiment";
import { armColumns, type ArmColumnName } from "../metrics/columns.ts";
import { readColumns, type SeriesSource } from "../metrics/series.ts";

/** Counts of one arm. */
export type ArmCounts = Record<ArmColumnName, number>;

/** Results of both arms in one slot. */
export type Slot = Record<Arm, ArmCounts>;

/** The completed slots, and those after them: the current one, and one whose last lines may be missing. */
export interface ArmSlots {
  complete: Slot[];
  begun: Slot[];
}

/** Time after which all lines of a slot are available: CloudWatch shows a line after a minute or two. */
const SETTLED_SECONDS = 300;

/** Reads the counts of an experiment's slots from CloudWatch, which makes them from the functions' log lines. */
export async function readSlots(
  experiment: Experiment,
  { getMetrics, service, nowMs }: SeriesSource,
): Promise<ArmSlots> {
  const { id, slot_seconds: slotSeconds, ended_at: endedAt } = experiment;
  const nowSeconds = Math.floor(nowMs / 1_000);
  const from = firstSlot(experiment) * slotSeconds;
  const until = Math.ceil(Math.min(endedAt ?? Infinity, nowSeconds) / slotSeconds) * slotSeconds;
  if (until <= from) return { complete: [], begun: [] };
  const subjects = ARMS.map((arm) => ({ service, experiment: id, arm }));
  const window = { from, until, periodSeconds: slotSeconds };
  const [usual, trial] = await readColumns(armColumns, subjects, window, getMetrics);
  const names = Object.keys(armColumns) as ArmColumnName[];
  const at = (columns: typeof usual, slot: number) =>
    Object.fromEntries(names.map((name) => [name, columns?.[name][slot] ?? 0])) as ArmCounts;
  const slots = Array.from({ length: (until - from) / slotSeconds }, (_, slot): Slot => ({
    usual: at(usual, slot),
    trial: at(trial, slot),
  }));
  const over = Math.floor(
    (Math.min(endedAt ?? Infinity, nowSeconds - SETTLED_SECONDS) - from) / slotSeconds,
  );
  const first = Math.max(0, over);
  return { complete: slots.slice(0, first), begun: slots.slice(first) };
}

/** Sums of several slots' counts. */
export function sumOf(slots: readonly Slot[], arm: Arm): ArmCounts {
  const total = (name: ArmColumnName) => slots.reduce((sum, slot) => sum + slot[arm][name], 0);
  const names = Object.keys(armColumns) as ArmColumnName[];
  return Object.fromEntries(names.map((name) => [name, total(name)])) as ArmCounts;
}

/** Reads of an arm, with any outcome. */
export function readsOf({ hit, stale, miss, bypass }: ArmCounts): number {
  return hit + stale + miss + bypass;
}
