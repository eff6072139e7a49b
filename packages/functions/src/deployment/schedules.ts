import { timetable } from "@algoitny/core/timetable";
import { SHARDS } from "./subscriptions.ts";

/** With eight probes per shard, 7 of 1,000 tables have a shard without a probe; with four, 34 of 100 would. */
export const PROBES = 8 * SHARDS;

/** Schedules: name → handler, rate (EventBridge Scheduler's wording) and the event it gets. */
export const schedules = {
  WarmProblems: {
    file: "schedule/warm-problems",
    rate: `rate(${timetable.problems.every})`,
    event: {},
  },
  WarmUserStats: {
    file: "schedule/warm-user-stats",
    rate: `rate(${timetable.user_stats.every})`,
    event: {},
  },
  GuardExperiments: { file: "schedule/guard-experiments", rate: "rate(5 minutes)", event: {} },
  Beat: { file: "schedule/send-beat", rate: "rate(1 minute)", event: { probes: PROBES } },
} as const;
