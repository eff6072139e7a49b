import { createLineReader } from "@algoitny/local/function-lines";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { createObserver } from "@algoitny/functions/telemetry/observe";
import { note } from "@algoitny/functions/telemetry/scope";
import { expect, test } from "vitest";

function reader() {
  const told: string[] = [];
  const lines = createLineReader((text) => told.push(text));
  return { ...lines, told };
}

test("metrics that functions write are summed up by what they are told of, and not shown", async () => {
  const { read, totals, told } = reader();
  const { observe, tell } = createObserver(read);
  const endpoint = { subject: "endpoint", name: "GET /api/problems/", ids: {} } as const;
  await observe(endpoint, async () => note("Hits", 1));
  await observe(endpoint, async () => {
    note("LoadMs", 5);
    note("LoadMs", 7);
  });
  tell("plan", "user_stats", { Warmed: 3, WarmingLeft: 0 });

  expect(totals()).toMatchObject({
    "endpoint GET /api/problems/": {
      Hits: { count: 1, sum: 1 },
      LoadMs: { count: 2, sum: 12 },
      DurationMs: { count: 2, sum: expect.any(Number) },
    },
    "plan user_stats": { Warmed: { count: 1, sum: 3 }, WarmingLeft: { count: 1, sum: 0 } },
  });
  expect(told).toEqual([]);
});

test("log lines are told by level, message and fields", () => {
  const { read, told } = reader();
  createLog(read).warn("half done", { left: 2 });
  expect(told).toEqual(['warn half done {"left":2}']);
});

test.each(["plain text", "[1,2]", '{"level":5}', "null"])("%s is told as it is", (text) => {
  const { read, told } = reader();
  read(text);
  expect(told).toEqual([text]);
});
