export { type Choices, replayChoices, seededChoices, seededRandom } from "./choices.ts";
export { Scheduler, type SchedulerOptions } from "./scheduler.ts";
