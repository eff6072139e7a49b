import {
  type ApiTotals,
  checkText,
  differences,
  readTotals,
} from "@algoitny/ops/load/check-totals";
import type { EndpointLoad } from "@algoitny/ops/load/tally";
import { expect, test } from "vitest";

const LIST = "GET /api/problems/";

const load = (counts: Partial<EndpointLoad>): EndpointLoad => ({
  requests: 0,
  hit: 0,
  stale: 0,
  miss: 0,
  bypass: 0,
  refused: 0,
  given_up: 0,
  unanswered: 0,
  answers: {},
  p50_ms: 1,
  p99_ms: 1,
  max_ms: 1,
  ...counts,
});

const counts = (requests: number, hit: number, miss: number) => ({
  requests,
  hit,
  stale: 0,
  miss,
  bypass: 0,
});

test("sent requests are compared with counted ones, without answers of the gateway itself", () => {
  const sent = { [LIST]: load({ requests: 12, hit: 7, miss: 3, refused: 2 }) };
  const before: ApiTotals = { [LIST]: counts(100, 90, 10) };
  expect(differences(sent, before, { [LIST]: counts(110, 97, 13) })).toEqual([]);
  const found = differences(sent, before, { [LIST]: counts(110, 96, 14) });
  expect(found).toEqual([
    { endpoint: LIST, what: "hit", sent: 7, counted: 6 },
    { endpoint: LIST, what: "miss", sent: 3, counted: 4 },
  ]);
  expect(checkText(found)).toContain("GET /api/problems/ hit: 7 here, 6 there");
  expect(checkText([])).toBe(
    "The API's counts agree; a request without a function's answer may be in them or not.",
  );
});

test("a function that timed out may have been counted or not: the gateway answered for it", () => {
  const sent = { [LIST]: load({ requests: 9, hit: 7, refused: 2, given_up: 2 }) };
  const counted = (requests: number, hit = 7) =>
    differences(sent, {}, { [LIST]: counts(requests, hit, 0) });
  expect([7, 8, 9].flatMap((requests) => counted(requests))).toEqual([]);
  expect([counted(6), counted(10), counted(8, 10)].map(({ length }) => length)).toEqual([1, 1, 1]);
});

test("a request without an answer may have been counted or not", () => {
  const sent = { [LIST]: load({ requests: 9, hit: 7, unanswered: 2 }) };
  const counted = (requests: number, hit: number) =>
    differences(sent, {}, { [LIST]: counts(requests, hit, 0) }).length;
  expect([counted(7, 7), counted(8, 7), counted(9, 9)]).toEqual([0, 0, 0]);
  expect([counted(6, 7), counted(10, 7), counted(9, 10)]).toEqual([1, 1, 1]);
});

test("an endpoint without counted requests differs by all of them", () => {
  expect(differences({ [LIST]: load({ requests: 1, hit: 1 }) }, {}, {})).toEqual([
    { endpoint: LIST, what: "requests", sent: 1, counted: 0 },
    { endpoint: LIST, what: "hit", sent: 1, counted: 0 },
  ]);
});

/** An API that returns these totals in turn, then the last one repeatedly. */
function apiWith(...looks: ApiTotals[]) {
  let asked = 0;
  const call = async (_: string, path: string) => {
    expect(path).toBe("/api/ops/metrics/?by=endpoint&from=1000");
    asked += 1;
    return { as_of: asked, endpoints: looks[Math.min(asked, looks.length) - 1] };
  };
  return { api: { call }, asked: () => asked };
}

test("requests for numbers, by the check itself or a dashboard, do not count as changes of the numbers", async () => {
  const look = (own: number) => ({
    [LIST]: counts(5, 5, 0),
    "GET /api/ops/metrics/": counts(own, 0, 0),
  });
  const { api } = apiWith(look(1), look(2), look(3));
  expect(await readTotals(api, 1_000, async () => {})).toEqual({ [LIST]: counts(5, 5, 0) });
});

test("numbers are read until they stop changing", async () => {
  const last = { [LIST]: counts(3, 2, 1) };
  const { api, asked } = apiWith({}, { [LIST]: counts(2, 1, 1) }, last);
  expect(await readTotals(api, 1_000, async () => {})).toEqual(last);
  expect(asked()).toBe(5);
});

test("an answer that the API has kept counts once", async () => {
  let asked = 0;
  const call = async () => {
    asked += 1;
    const [age, requests] = asked <= 5 ? [0, 2] : [asked, 3];
    return { as_of: age, endpoints: { [LIST]: counts(requests, 0, 0) } };
  };
  expect(await readTotals({ call }, 1_000, async () => {})).toEqual({ [LIST]: counts(3, 0, 0) });
});

test("numbers that keep changing are an error that says why", async () => {
  let requests = 0;
  const call = async () => ({
    as_of: requests,
    endpoints: { [LIST]: counts((requests += 1), 0, 0) },
  });
  await expect(readTotals({ call }, 1_000, async () => {})).rejects.toThrow(
    "the API's numbers keep changing",
  );
});
