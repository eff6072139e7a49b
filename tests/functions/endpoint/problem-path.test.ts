import { ByKey } from "@algoitny/functions/endpoint/path";
import { describe, expect, test } from "vitest";

describe("a problem's platform and problem id in a path", () => {
  test.each(["1000", "1A", "가 나", "a+b", "c++", "x:y", "a.b", "~!$&'()*,;=@"])(
    "may be %j",
    (text) => {
      const key = { platform: text, problem_id: text };
      expect(ByKey.parse(key)).toEqual(key);
    },
  );

  // Each of them is another path, or another parameter, for a gateway that decodes once, twice or only segments.
  test.each(["a/b", "a%2Fb", "100%", "a?b", "a#b", "a\\b"])("may not be %j", (text) => {
    for (const key of [
      { platform: text, problem_id: "1" },
      { platform: "baekjoon", problem_id: text },
    ]) {
      expect(ByKey.safeParse(key).error?.issues).toMatchObject([
        { message: expect.stringContaining("use the problem's numeric id") },
      ]);
    }
  });
});
