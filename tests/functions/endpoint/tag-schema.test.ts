import { tags } from "@algoitny/core/tags";
import { TagText } from "@algoitny/functions/endpoint/tag-schema";
import { expect, test } from "vitest";

test.each([
  tags.problem(7),
  tags.problem_key("codeforces", "1234A"),
  tags.problem_key("a:b", "한글 (1)*"),
  tags.problem_list("codeforces"),
  tags.problem_list("atcoder"),
  tags.problem_list_all(),
  tags.problem_segment(0),
  tags.user_stats("auth0|7"),
  tags.history(12),
  "@resource:problem_list",
])("%s is accepted", (tag) => {
  expect(TagText.parse(tag)).toBe(tag);
});

test.each([
  ["user_stats:auth0|7", "user_stats:auth0%7C7"],
  ["history_user:auth0%7c7", "history_user:auth0%7C7"],
  ["problem_list:atcoder", "problem_list:other"],
  ["user_stats:100%", "user_stats:100%25"],
  ["problem", "problem:<id>"],
  ["problem:seven", "problem:<id>"],
  ["problem:07", "problem:<id>"],
  ["problem_segment:00", "problem_segment:<partition>"],
  ["problem:7:8", "problem:<id>"],
  ["problem_key:codeforces", "problem_key:<platform>:<problem_id>"],
  ["user_stats:", "user_stats:<sub>"],
  ["problem_list_all:", "problem_list_all"],
  ["planets:1", "problem:<id>"],
  ["toString", "problem:<id>"],
  ["@resource:planets", "@resource:problem_list"],
  ["problem_drafts ", "problem_drafts"],
  ["", "problem:<id>"],
])("%j, which no view carries, is refused with %s", (text, mend) => {
  const { success, error } = TagText.safeParse(text);
  expect([success, error?.issues[0]?.message]).toEqual([false, expect.stringContaining(mend)]);
});
