import {
  InvalidationBody,
  InvalidationRequest,
} from "@algoitny/functions/invalidation/manual-invalidation";
import { expect, test } from "vitest";

test.each(["problem_detail:*", "user_stats:a?", "user_stats:[ab]", "user_stats:a\\b"])(
  "the key %s is refused, because it would be run as a pattern",
  (key) => {
    for (const schema of [InvalidationBody, InvalidationRequest]) {
      const { error } = schema.safeParse({ keys: ["problem_detail:id:7", key] });
      expect(error?.issues).toMatchObject([
        { path: ["keys", 1], message: expect.stringContaining("a glob as `pattern`") },
      ]);
      expect(schema.parse({ pattern: key })).toMatchObject({ pattern: key, keys: [] });
    }
  },
);
