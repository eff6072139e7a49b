import { afterAll, describe, expect, test } from "vitest";
import { ANSWER_CASES } from "./answer-cases.ts";
import { FETCH_SUBJECTS, NODE_SUBJECTS } from "./fetch-subjects.ts";
import { HANDLER_CASES } from "./handler-cases.ts";
import { LAMBDA_SUBJECTS } from "./lambda-subjects.ts";
import { type Handle, readOf, type Seen, world } from "./http-subject.ts";

const SUBJECTS = [...FETCH_SUBJECTS, ...NODE_SUBJECTS, ...LAMBDA_SUBJECTS];

/** A handler that records its requests. */
function watched(handle: Handle = (seen) => ({ body: JSON.stringify(seen) })) {
  const seen: Seen[] = [];
  return {
    seen,
    handle: (each: Seen) => {
      seen.push(each);
      return handle(each);
    },
  };
}

describe.each(SUBJECTS)("$name", ({ wrapped, answered, close, lastOnly = false }) => {
  afterAll(async () => close?.());

  describe.runIf(wrapped)("a handler's responses, cached", () => {
    test.each(HANDLER_CASES)("$title", async ({ options, handle, run }) => {
      expect.hasAssertions();
      const { cache, clock } = world();
      const { seen, handle: watching } = watched(handle?.());
      const all = { cache, name: "page", ttl: "5 minutes", now: clock.now, ...options } as const;
      const ask = await wrapped!(all, watching);
      await run({ ask, seen, lastOnly, jump: (ms) => clock.jump(ms) });
    });

    test.each(ANSWER_CASES)("$title", async ({ said, options, run }) => {
      expect.hasAssertions();
      const { cache, clock, storedBody } = world();
      const lifetime = { ttl: "5 minutes", negativeTtl: "10 seconds" } as const;
      const { errorBody: _ofReads, ...given } = options ?? {};
      const all = { cache, name: "page", ...lifetime, now: clock.now, ...given };
      const ask = await wrapped!(all, () => said ?? {});
      await run({ ask, storedBody, jump: (ms) => clock.jump(ms) });
    });
  });

  describe.runIf(answered)("answers from reads", () => {
    test.each(ANSWER_CASES)("$title", async ({ said, options, run }) => {
      expect.hasAssertions();
      const { cache, clock, storedBody } = world();
      const read = readOf(cache, () => said ?? {});
      const ask = await answered!({ now: clock.now, ...options }, read);
      await run({ ask, storedBody, jump: (ms) => clock.jump(ms) });
    });
  });
});
