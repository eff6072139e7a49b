import { type RequestStats, timingHeader } from "@algoitny/functions/endpoint/request-stats";
import { expect, test } from "vitest";

const stats = (more: Partial<RequestStats> = {}): RequestStats => ({
  databaseCalls: 3,
  reading: undefined,
  tags: [],
  ...more,
});

const reading = (status: "hit" | "miss") => ({ status, storeMs: 1 }) as RequestStats["reading"];

test("an answer has a Server-Timing header, a 404 has none", () => {
  expect(timingHeader({ statusCode: 200 }, stats())).toEqual({
    "server-timing": 'db;desc="3 reads"',
  });
  expect(timingHeader({ statusCode: 404 }, stats())).toEqual({});
});

test("the time of a load is not shown as the database's, which it may not have read", () => {
  const miss = { status: "miss", storeMs: 119, loadMs: 1_000.04 } as RequestStats["reading"];
  const header = (databaseCalls: number) =>
    timingHeader({ statusCode: 200 }, stats({ reading: miss, databaseCalls }))["server-timing"];
  expect(header(0)).toBe('cache;desc="MISS";dur=119, load;dur=1000, db;desc="0 reads"');
  expect(header(1)).toBe('cache;desc="MISS";dur=119, load;dur=1000, db;desc="1 read"');
});

test("an answer about something that may be hidden has a Server-Timing header for hits only", () => {
  const header = (more: Partial<RequestStats>) =>
    timingHeader({ statusCode: 200 }, stats(more), true)["server-timing"];
  expect(header({ reading: reading("miss") })).toBeUndefined();
  expect(header({ reading: reading("hit"), databaseCalls: 0 })).toContain('desc="0 reads"');
});

test("a write that hides its cost states only the number of tags that it has invalidated", () => {
  const tags = ["problem:7", "problems", "problem:7"] as never;
  expect(timingHeader({ statusCode: 200 }, stats({ tags }), true)).toEqual({
    "server-timing": 'tags;desc="2 invalidated"',
  });
});
