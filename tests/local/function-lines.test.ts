import { CacheError } from "@algoitny/cache";
import { createLineReader } from "@algoitny/local/function-lines";
import { describeError } from "@algoitny/functions/telemetry/log";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { createObserver } from "@algoitny/functions/telemetry/observe";
import { addMetric } from "@algoitny/functions/telemetry/scope";
import * as fc from "fast-check";
import { expect, test } from "vitest";

function reader() {
  const shown: string[] = [];
  const lines = createLineReader(({ text }) => shown.push(text));
  return { ...lines, shown };
}

test("metrics in functions' output are summed for each endpoint, and not printed", async () => {
  const { read, totals, shown } = reader();
  const { observe, publish } = createObserver(read);
  const endpoint = { subject: "endpoint", name: "GET /api/problems/", ids: {} } as const;
  await observe(endpoint, async () => addMetric("Hits", 1));
  await observe(endpoint, async () => {
    addMetric("LoadMs", 5);
    addMetric("LoadMs", 7);
  });
  publish("plan", "user_stats", { Warmed: 3, WarmingLeft: 0 });

  expect(totals()).toMatchObject({
    "endpoint GET /api/problems/": {
      Hits: { count: 1, sum: 1 },
      LoadMs: { count: 2, sum: 12 },
      DurationMs: { count: 2, sum: expect.any(Number) },
    },
    "plan user_stats": { Warmed: { count: 1, sum: 3 }, WarmingLeft: { count: 1, sum: 0 } },
  });
  expect(shown).toEqual([]);
});

test("log lines are printed as level, message and fields", () => {
  const { read, shown } = reader();
  createLog(read).warn("half done", { left: 2 });
  expect(shown).toEqual(['warn half done {"left":2}']);
});

test("a warning lists five of its tags and the number of the others, and its error by name, message and cause", () => {
  const { read, shown } = reader();
  const cause = new Error("fetch failed");
  const error = describeError(new TypeError("no answer", { cause }));
  const tags = Array.from({ length: 40 }, (_, index) => `problem:${index}`);
  createLog(read).warn("left to the stream", { tags, error });
  createLog(read).error("not done", { error });
  expect(shown).toEqual([
    'warn left to the stream {"tags":["problem:0","problem:1","problem:2","problem:3","problem:4","and 35 more"],' +
      '"error":"TypeError: no answer, because of Error: fetch failed"}',
    expect.stringMatching(/^error not done \{.*"frames":\["at /),
  ]);
});

test("an error of the cache is shortened like a warning's, because its frames are those of the library", () => {
  const { read, shown } = reader();
  const error = describeError(new CacheError("store_failed", "mget: ECONNRESET"));
  createLog(read).error("request failed", { error });
  expect(shown).toEqual([
    'error request failed {"error":"CacheError: store_failed: mget: ECONNRESET"}',
  ]);
});

test("log lines of the level info are routine; other levels and other output are not", () => {
  const routine: boolean[] = [];
  const { read } = createLineReader((line) => routine.push(line.routine));
  const log = createLog(read);
  log.info("done");
  log.warn("half done");
  log.error("not done");
  read("printed by hand");
  expect(routine).toEqual([true, false, false, false]);
});

test.each(["plain text", "[1,2]", '{"level":5}', "null"])("%s is printed unchanged", (text) => {
  const { read, shown } = reader();
  read(text);
  expect(shown).toEqual([text]);
});

const metricLine = (metric: string, more: object = {}) =>
  JSON.stringify({
    _aws: { CloudWatchMetrics: [{ Dimensions: [["service"]], Metrics: [{ Name: metric }] }] },
    ...more,
  });

test("a metric without a number is ignored", () => {
  const { read, totals } = reader();
  for (const value of [undefined, null, "7", {}, [1, "2"]])
    read(metricLine("Hits", { Hits: value }));
  expect(totals()).toEqual({ "service undefined": { Hits: { count: 0, sum: 0 } } });
});

test("a metric may have the name of a property that every object has", () => {
  const { read, totals } = reader();
  read(metricLine("constructor", { constructor: 2 }));
  expect(totals()["service undefined"]).toHaveProperty("constructor", { count: 1, sum: 2 });
  expect(Object.prototype).not.toHaveProperty("count");
});

test("any line of a function can be read", () => {
  const names = fc.constantFrom("__proto__", "constructor", "toString", "service", "Hits");
  const lines = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .tuple(names, fc.dictionary(names, fc.jsonValue()))
      .map(([name, more]) => metricLine(name, more)),
  );
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 5 }), (given) => {
      const { read, totals } = reader();
      for (const line of given) read(line);
      expect(totals()).toBeTypeOf("object");
    }),
  );
});
