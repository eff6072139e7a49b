import { beatText } from "@algoitny/ops/beat-text";
import { expect, test } from "vitest";

test.each([
  [
    { state: "advanced", closed_age_ms: 557, missing: 0 },
    "every change up to 0.6 s ago is invalidated",
  ],
  [
    { state: "advanced", closed_age_ms: 63_000, missing: 2 },
    "every change up to 63.0 s ago is invalidated; 2 probes have not come through the stream",
  ],
  [
    { state: "cleared", closed_age_ms: 500, missing: 0 },
    "Redis was not as the last beat left it, so everything is invalidated; every change up to 0.5 s ago is invalidated",
  ],
  [
    { state: "late", closed_age_ms: 500, missing: 0 },
    "this beat changed nothing: a later beat has already reached Redis",
  ],
  [
    { state: "failed" },
    "the beat failed: the log of its function (here that of `npm run dev`) says why; `npm run ops -- doctor` finds faults",
  ],
])("the beat's answer %j is shown as a sentence", (answer, text) => {
  expect(beatText(answer)).toBe(text);
});

test.each([undefined, null, {}, { state: "done", refreshed: 1 }])(
  "%j is not an answer of a beat",
  (answer) => {
    expect(beatText(answer)).toBeUndefined();
  },
);
