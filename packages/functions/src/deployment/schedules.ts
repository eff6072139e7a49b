import { timetable } from "@algoitny/core/timetable";

/** What runs by the clock: name → handler, rate (EventBridge Scheduler's wording) and the event it gets. */
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
} as const;
