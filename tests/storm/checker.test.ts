import { expect, test } from "vitest";
import { createChecker } from "./checker.ts";
import { Journal } from "./journal.ts";
import { JustChanged } from "./just-changed.ts";
import { createOutages } from "./outages.ts";
import type { Question } from "./question.ts";
import { createState } from "./state.ts";
import type { Reply } from "./storm-api.ts";

const question: Question = {
  path: "/api/problems/7/",
  as: undefined,
  key: "problem_detail:id:7",
  tags: [],
  about: ["problem 7"],
  judge: ({ body }) => (body === "new" ? undefined : `is ${body}`),
};

/** Judges one answer. */
async function checked(answer: Pick<Reply, "status" | "body">) {
  const state = createState([]);
  const reply: Reply = { ...answer, total: null, cache: "hit", process: 0 };
  const checker = createChecker({
    api: { processes: 1, send: async () => reply, ask: async () => reply },
    state,
    journal: new Journal(),
    outages: createOutages(state.moments),
    justChanged: new JustChanged(),
  });
  await checker.check(question, 0, "reader");
  const wrongs = (reads: readonly { wrong: string }[]) => reads.map(({ wrong }) => wrong);
  return {
    stale: wrongs(checker.stale),
    failed: wrongs(checker.failed),
    isWrong: checker.isWrong(),
  };
}

test("an answer of 5xx ends a storm as a failure, and is never called stale", async () => {
  expect(await checked({ status: 200, body: "new" })).toEqual({
    stale: [],
    failed: [],
    isWrong: false,
  });
  expect(await checked({ status: 200, body: "old" })).toEqual({
    stale: ["is old"],
    failed: [],
    isWrong: true,
  });
  expect(await checked({ status: 503, body: "busy" })).toEqual({
    stale: [],
    failed: ["answers 503: busy"],
    isWrong: true,
  });
});
