import { modifiedMsOf } from "@algoitny/core/validators";
import { afterEach, expect, test } from "vitest";

const { TZ } = process.env;
afterEach(() => {
  if (TZ === undefined) delete process.env["TZ"];
  else process.env["TZ"] = TZ;
});

test.each([
  "1994-11-06T08:49:37",
  "1994-11-06 08:49:37.000",
  "1994-11-06T08:49:37Z",
  "1994-11-06T17:49:37+09:00",
])("a time that is stored as %j is the same time in every time zone", (created_at) => {
  for (const zone of ["Asia/Seoul", "America/Los_Angeles", "UTC"]) {
    process.env["TZ"] = zone;
    expect(modifiedMsOf({ created_at })).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
  }
});

test.each(["", "yesterday", "1994-11-06T25:00:00"])(
  "a time that is stored as %j is unknown",
  (created_at) => {
    expect(modifiedMsOf({ created_at })).toBeUndefined();
  },
);
