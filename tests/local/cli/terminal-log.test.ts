import { createTerminalLog } from "@algoitny/local/cli/terminal-log";
import type { EventEntry, RequestEntry } from "@algoitny/local/log-entry";
import { describe, expect, test } from "vitest";
import { manualTime } from "./support/manual-time.ts";

const request = (change: Partial<RequestEntry> = {}): RequestEntry => ({
  kind: "request",
  method: "GET",
  url: "/api/problems/",
  status: 200,
  durationMs: 5,
  cache: undefined,
  databaseCalls: undefined,
  ...change,
});
const write = request({ method: "POST", status: 201, invalidatedTags: 7 });

function setup({ verbose = false } = {}) {
  const time = manualTime();
  const lines: string[] = [];
  // Lines without the time at their beginning.
  const log = createTerminalLog({
    write: (line) => lines.push(line.slice(9)),
    verbose,
    ...time,
  });
  log.open();
  const changes = (count: number): EventEntry => ({
    kind: "stream",
    text: "stream/invalidate",
    routine: true,
    changes: { count, atMs: Math.floor(time.nowMs() / 1_000) * 1_000 },
  });
  const add = (count: number, entry = request()) => {
    for (let each = 0; each < count; each += 1) log.log(entry);
  };
  return { ...log, ...time, lines, changes, add };
}

describe("requests", () => {
  test("have a line each, with the number of tags that they invalidated", () => {
    const { log, lines } = setup();
    log(request({ cache: "hit", databaseCalls: 0 }));
    log({ ...write, databaseCalls: 4 });
    expect(lines.map((line) => line.replaceAll(/ +/g, " "))).toEqual([
      "GET /api/problems/ 200 hit 5.0 ms 0 reads",
      "POST /api/problems/ 201 - 5.0 ms 4 reads, 7 tags invalidated",
    ]);
  });

  test("are summarised while more come than anyone can read, and have lines again afterwards", () => {
    const { add, pass, lines } = setup();
    add(10);
    expect(lines).toHaveLength(10);
    add(30, write);
    add(9, request({ cache: "hit" }));
    add(1, request({ cache: "miss" }));
    pass(1_000);
    expect(lines.slice(10)).toEqual([
      "cloud    … 40 requests: 30 POST 201, 10 GET 200 (90% hit), 210 tags invalidated",
    ]);
    add(1);
    expect(lines).toHaveLength(12);
  });

  test("of a slow import of two minutes have a line every ten seconds", () => {
    const { add, pass, lines } = setup();
    for (let tick = 0; tick < 5 * 120; tick += 1) {
      add(1, write);
      pass(200); // 5 a second, for two minutes
    }
    pass(2_000);
    expect(lines.length).toBeLessThan(40);
    expect(lines.at(-2)).toMatch(/^cloud {4}… 50 requests: 50 POST 201/);
  });

  test("that come now and then are never summarised", () => {
    const { add, pass, lines } = setup();
    for (let count = 0; count < 100; count += 1) {
      add(1);
      pass(600);
    }
    expect(lines).toHaveLength(100);
  });

  test("have their own line if a summary would be of one request", () => {
    const { add, pass, lines } = setup();
    add(11);
    pass(1_000);
    expect(lines).toHaveLength(11);
    expect(lines[10]).toBe(lines[9]);
  });

  test("that failed keep their lines in a burst", () => {
    const { add, lines } = setup();
    add(50);
    for (const status of [400, 401, 404, 429, 500, 503]) add(5, request({ status }));
    expect(lines).toHaveLength(10 + 30);
  });

  test("of operators and health checks have lines only if they fail or change something", () => {
    const { log, lines } = setup();
    for (const url of ["/api/ops/findings/", "/api/health/ready/", "/ops/", "/ops/assets/a.js"]) {
      log(request({ url }));
      log(request({ url, status: 503 }));
      log(request({ url, method: "POST", status: 202 }));
    }
    expect(lines.map((line) => line.replaceAll(/ +/g, " ").split(" ", 3).join(" "))).toEqual(
      ["/api/ops/findings/", "/api/health/ready/", "/ops/", "/ops/assets/a.js"].flatMap((url) => [
        `GET ${url} 503`,
        `POST ${url} 202`,
      ]),
    );
  });

  test("that are not printed yet are summarised when the log is closed", () => {
    const { add, close, lines } = setup();
    add(12);
    close();
    expect(lines.at(-1)).toBe("cloud    … 2 requests: 2 GET 200");
  });
});

describe("changes of the table", () => {
  test("of a request have no line, whether they are handled before its answer or long after", () => {
    const { log, pass, lines, changes } = setup();
    const early = changes(3);
    log(early);
    pass(400);
    log({ ...write, durationMs: 450 });
    pass(30_000);
    log(early);
    pass(10_000);
    expect(lines).toHaveLength(1);
  });

  test("of a failed request have no line: it may have written before it failed", () => {
    const { log, pass, lines, changes } = setup();
    log(changes(1));
    log({ ...write, status: 409 });
    pass(10_000);
    expect(lines).toHaveLength(1);
  });

  test("of a request have no line when it encloses a shorter one", () => {
    const { log, pass, lines, changes } = setup();
    const early = changes(3);
    pass(5_000);
    log({ ...write, durationMs: 10 });
    pass(10);
    log({ ...write, durationMs: 5_100 });
    log(early);
    pass(10_000);
    expect(lines).toHaveLength(2);
  });

  test("of a request have no line when their time is rounded down to the minute", () => {
    const { log, open, pass, lines, changes, nowMs } = setup();
    pass(60_000 - (nowMs() % 60_000));
    open();
    const rounded = changes(3);
    pass(37_000);
    log(write);
    log(rounded);
    pass(10_000);
    expect(lines).toHaveLength(1);
  });

  test("of no request have one short line for all of the same moment", () => {
    const { log, pass, lines, changes } = setup();
    log(changes(3));
    log(request());
    log(changes(1));
    pass(10_000);
    expect(lines.slice(1)).toEqual(["stream   4 changes that no request made, invalidated"]);
  });

  test("of the time before the cloud was ready have no line", () => {
    const { log, open, pass, lines, changes } = setup();
    const sample = changes(74);
    pass(3_000);
    open();
    log(sample);
    pass(10_000);
    expect(lines).toEqual([]);
  });
});

test("routine events have no line, all others have one", () => {
  const { log, lines } = setup();
  log({ kind: "queue", text: "queue/refresh-entries, 1 record", routine: true });
  log({ kind: "function", text: "info invalidated", routine: true });
  log({ kind: "function", text: "warn invalidation failed; left to the stream" });
  log({ kind: "schedule", text: "schedule/warm-problems" });
  expect(lines).toEqual([
    "function warn invalidation failed; left to the stream",
    "schedule schedule/warm-problems",
  ]);
});

test("an event that is repeated has a line, and every ten seconds another with the number of its repetitions", () => {
  const { log, pass, lines } = setup();
  const failed = (id: number): EventEntry => ({
    kind: "function",
    text: `error invalidation failed; Lambda will retry the batch {"function_request_id":"${id}","sequence":"532","error":"CacheError: invalidation_failed"}`,
  });
  for (let second = 0; second < 25; second += 1) {
    log(failed(second));
    pass(1_000);
  }
  log({ kind: "function", text: "error of another kind" });
  pass(60_000);
  log(failed(99));
  expect(lines.filter((line) => /more: .*request_id/.test(line))).toEqual([]);
  expect(lines.map((line) => line.slice(0, 60))).toEqual([
    "function error invalidation failed; Lambda will retry the ba",
    "function … 9 more: error invalidation failed; Lambda will re",
    "function … 10 more: error invalidation failed; Lambda will r",
    "function error of another kind",
    "function … 5 more: error invalidation failed; Lambda will re",
    "function error invalidation failed; Lambda will retry the ba",
  ]);
});

test("the command that starts Redis again is printed whole each time", () => {
  const { log, lines } = setup();
  const ended: EventEntry = { kind: "cloud", text: "redis-server has ended; start it again: …" };
  log(ended);
  log(ended);
  expect(lines).toHaveLength(2);
});

test("verbose: everything has a line", () => {
  const { log, add, lines, changes } = setup({ verbose: true });
  add(50);
  log(changes(3));
  log({ kind: "queue", text: "queue/refresh-entries, 1 record", routine: true });
  expect(lines).toHaveLength(52);
});
