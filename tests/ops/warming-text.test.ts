import { warmingText } from "@algoitny/ops/warming-text";
import { expect, test } from "vitest";

const report = {
  state: "done",
  down: [],
  empty: false,
  dry_run: false,
  ms: 6_120,
  refreshed: 49,
  skipped: 0,
  busy: 0,
  not_stored: 0,
  due: 0,
  left: 0,
  failed: 0,
  plans: [],
};

test.each([
  [{}, "refreshed 49, failed 0, 6.1 s"],
  [
    { skipped: 3, left: 2 },
    "refreshed 49, failed 0, 3 still fresh, 2 left for the next run, 6.1 s",
  ],
  [{ dry_run: true, refreshed: 0, due: 12 }, "would refresh 12, 6.1 s"],
  [
    { state: "down", down: ["redis", "dynamodb"] },
    "nothing was refreshed: redis and dynamodb cannot be reached",
  ],
  [
    { state: "broken", failed: 1 },
    "refreshed 49, failed 1, 6.1 s; a plan was given up (--json says why)",
  ],
])("the answer %j is shown as a sentence", (fields, text) => {
  expect(warmingText({ ...report, ...fields })).toBe(text);
});

test.each([undefined, null, {}, { batchItemFailures: [] }])(
  "%j is not an answer of warming",
  (answer) => {
    expect(warmingText(answer)).toBeUndefined();
  },
);
