import { readTtls } from "@algoitny/core/ttl";
import { expect, test } from "vitest";

test("lifetimes are the contract's unless the environment says otherwise", () => {
  expect(readTtls({})).toMatchObject({
    PROBLEM_LIST: "300 seconds",
    SEARCH_HISTORY: "120 seconds",
  });
  expect(readTtls({ CACHE_PROBLEM_LIST_TTL: "5", CACHE_SHORT_TTL: "" })).toMatchObject({
    PROBLEM_LIST: "5 seconds",
    SHORT: "60 seconds",
  });
});

test.each(["0", "-1", "5m", "1.5", "1e3", " 5", "86401"])(
  "a lifetime of %j is refused with its variable's name",
  (text) => {
    expect(() => readTtls({ CACHE_USER_STATS_TTL: text })).toThrow(
      `CACHE_USER_STATS_TTL=${text} is not a lifetime: write whole seconds from 1 to 86400, or leave it out`,
    );
  },
);
