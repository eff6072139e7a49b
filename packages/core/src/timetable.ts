/** Schedules of warming: interval and plans, the most important first. Pure data, because the stacks read it too. */
export const timetable = {
  problems: {
    every: "5 minutes",
    plans: [
      "problem_lists",
      "problem_registered",
      "problem_drafts",
      "problem_details",
      "most_read",
    ],
  },
  user_stats: { every: "10 minutes", plans: ["user_stats"] },
} as const;

export type PlanName = (typeof timetable)[keyof typeof timetable]["plans"][number];

/** Every plan, in the order of the schedules. */
export const planNames: readonly PlanName[] = Object.values(timetable).flatMap(
  (each) => each.plans,
);
