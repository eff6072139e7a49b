import { progressLines, progressText } from "@algoitny/ops/progress-bar";
import { expect, test } from "vitest";

test.each([
  [{ done: 1, elapsedMs: 900 }, "1/300 problems | 0%"],
  [{ done: 30, elapsedMs: 5_000 }, "30/300 problems | 10% | about 45 s left"],
  [{ done: 30, elapsedMs: 20_000 }, "30/300 problems | 10% | about 3 min left"],
  [{ done: 300, elapsedMs: 20_000 }, "300/300 problems | 100%"],
])("%j", (progress, text) => {
  expect(progressText({ total: 300, unit: "problems", ...progress })).toBe(text);
});

test("the remaining time does not jump when requests end in bursts", () => {
  // Eight requests at a time end together, each second.
  const estimates = Array.from({ length: 200 }, (_, tick) => {
    const elapsedMs = 3_000 + tick * 100;
    const done = 8 * Math.floor(elapsedMs / 1_000);
    return Number(
      /about (\d+) s/.exec(progressText({ done, total: 400, unit: "problems", elapsedMs }))?.[1],
    );
  });
  const steps = estimates.slice(1).map((each, index) => Math.abs(each - (estimates[index] ?? 0)));
  expect(Math.max(...steps)).toBeLessThan(20);
});

test("in a pipe, a line is printed whenever a tenth of the work and 5 seconds have passed since the last one, and at the end", () => {
  const lines: string[] = [];
  let ms = 0;
  const write = (line: string) => lines.push(line);
  const bar = progressLines({ total: 1_000, unit: "problems", write, nowMs: () => ms });
  for (let done = 1; done <= 1_000; done++) {
    ms = done < 500 ? done : 500 + (done - 500) * 100;
    bar.update(done);
  }
  bar.stop();
  expect(lines.map((line) => line.split(" | ")[0])).toEqual([
    "545/1000 problems",
    "645/1000 problems",
    "745/1000 problems",
    "845/1000 problems",
    "945/1000 problems",
    "1000/1000 problems",
  ]);
});
