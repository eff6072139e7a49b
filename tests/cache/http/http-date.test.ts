import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseHttpDate } from "@algoitny/cache/http";
import { toResponse } from "@algoitny/cache/lambda";
import { eventOf, LONG_LIST, readingOf, START_MS } from "../../support/http.ts";

const DATE = Date.UTC(1994, 10, 6, 8, 49, 37);
const NOW = Date.UTC(2026, 10, 28);
const parse = (text: string) => parseHttpDate(text, () => NOW);

const { TZ } = process.env;
afterEach(() => {
  if (TZ === undefined) delete process.env["TZ"];
  else process.env["TZ"] = TZ;
});

describe.each([["Asia/Seoul"], ["America/Los_Angeles"], ["UTC"]])("in the time zone %s", (zone) => {
  beforeEach(() => {
    process.env["TZ"] = zone;
  });

  test("the process of the tests has that time zone", () => {
    expect(new Date(DATE).getHours()).toBe({ "Asia/Seoul": 17, UTC: 8 }[zone] ?? 0);
  });

  test.each([
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
  ])("the date %j is UTC", (text) => {
    expect(parse(text)).toBe(DATE);
  });

  test.each([
    ["Sun Nov  6 08:49:37 1994", 304],
    ["Sun Nov  6 08:49:36 1994", 200],
  ])("If-Modified-Since %j answers %i", async (since, status) => {
    const headers = { "last-modified": "Sun, 06 Nov 1994 08:49:37 GMT" };
    const reading = await readingOf(LONG_LIST, { header: { etag: "abc", headers } });
    const event = eventOf("/", { headers: { "if-modified-since": since } });
    const options = { cacheControl: "no-cache", vary: [], now: () => START_MS };
    expect((await toResponse(event, reading, options)).statusCode).toBe(status);
  });
});

test.each([
  ["Tuesday, 28-Nov-76 00:00:00 GMT", 2076],
  ["Sunday, 28-Nov-77 00:00:00 GMT", 1977],
  ["Sunday, 28-Nov-99 00:00:00 GMT", 1999],
  ["Saturday, 28-Nov-00 00:00:00 GMT", 2000],
])("%j is in the year %i: two digits mean a year at most 50 years ahead", (text, year) => {
  expect(new Date(parse(text)).getUTCFullYear()).toBe(year);
});

test.each([
  "",
  "yesterday",
  "2030",
  "2026-11-28T00:00:00Z",
  "Sun, 06 Nov 1994 08:49:37",
  "Sun, 06 Nov 1994 08:49:37 +0900",
  "Sun, 6 Nov 1994 08:49:37 GMT",
  "sun, 06 nov 1994 08:49:37 gmt",
  "Sun, 31 Feb 1994 08:49:37 GMT",
  "Sun, 00 Nov 1994 08:49:37 GMT",
  "Sun, 06 Nov 1994 24:00:00 GMT",
  "Sun, 06 Nov 1994 08:60:00 GMT",
  "Sun Nov 6 08:49:37 1994",
  "Sun Nov  6 08:49:37 1994 GMT",
])("%j is not an HTTP date", (text) => {
  expect(parse(text)).toBeNaN();
});

test("a leap second and years before 100 are valid dates", () => {
  expect(parse("Sat, 31 Dec 2016 23:59:60 GMT")).toBe(Date.UTC(2017, 0, 1));
  expect(parse("Sat, 01 Jan 0050 00:00:00 GMT")).toBe(Date.parse("0050-01-01T00:00:00Z"));
});
