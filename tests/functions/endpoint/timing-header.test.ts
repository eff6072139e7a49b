import { type RequestStats, timingHeader } from "@algoitny/functions/endpoint/request-stats";
import { expect, test } from "vitest";

const stats = (more: Partial<RequestStats> = {}): RequestStats => ({
  databaseCalls: 3,
  reading: undefined,
  tags: [],
  ...more,
});

const reading = (status: "hit" | "miss") => ({ status, storeMs: 1 }) as RequestStats["reading"];

test("an answer says what it took, and a 404 nothing", () => {
  expect(timingHeader({ statusCode: 200 }, stats())).toEqual({
    "server-timing": 'db;desc="3 reads"',
  });
  expect(timingHeader({ statusCode: 404 }, stats())).toEqual({});
});

test("an answer that may show nothing for what is hidden says what it took for hits alone", () => {
  const header = (more: Partial<RequestStats>) =>
    timingHeader({ statusCode: 200 }, stats(more), true)["server-timing"];
  expect(header({ reading: reading("miss") })).toBeUndefined();
  expect(header({ reading: reading("hit"), databaseCalls: 0 })).toContain('desc="0 reads"');
});

test("a write that hides its cost says how many tags it has invalidated", () => {
  const tags = ["problem:7", "problems", "problem:7"] as never;
  expect(timingHeader({ statusCode: 200 }, stats({ tags }), true)).toEqual({
    "server-timing": 'tags;desc="2 invalidated"',
  });
});
