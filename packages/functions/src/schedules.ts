/** What runs by the clock: name → handler, rate (EventBridge Scheduler's wording) and the event it gets. */
export const schedules = {
  WarmProblems: { file: "schedule/warm-problems", rate: "rate(5 minutes)", event: {} },
  WarmUserStats: { file: "schedule/warm-user-stats", rate: "rate(10 minutes)", event: {} },
} as const;
