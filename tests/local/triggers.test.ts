import { schedules } from "@algoitny/functions/deployment/schedules";
import { subscriptions } from "@algoitny/functions/deployment/subscriptions";
import { parseSchedule } from "@algoitny/local/scheduler/expression";
import { compileFilters } from "@algoitny/local/streams/filter";
import { subscriptionSettings } from "@algoitny/local/streams/subscription";
import { expect, test } from "vitest";

test.each(Object.entries(subscriptions))(
  "AWS accepts the subscription %s",
  (name, subscription) => {
    const settings = subscriptionSettings(name, subscription);
    expect(settings.file).toBe(subscription.file);
    expect(compileFilters(settings.filters)({ eventName: "INSERT", dynamodb: {} })).toBe(false);
  },
);

test.each(Object.entries(schedules))("EventBridge accepts the schedule %s", (_name, { rate }) => {
  const startMs = Date.now();
  expect(parseSchedule(rate, startMs)(startMs)).toBeGreaterThan(startMs);
});
