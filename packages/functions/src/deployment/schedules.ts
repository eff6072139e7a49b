import { timetable } from "@algoitny/core/timetable";
import { SHARDS } from "./subscriptions.ts";

/** With four for each shard, a given one is left without a probe in 2 of 100 cases. */
export const PROBES = 4 * SHARDS;

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
  Beat: { file: "schedule/send-beat", rate: "rate(1 minute)", event: { probes: PROBES } },
} as const;
