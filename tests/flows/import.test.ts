import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiClient } from "@algoitny/local/import/api-client";
import { readProblems } from "@algoitny/local/import/codeforces";
import { importProblems } from "@algoitny/local/import/import-problems";
import { testCloud, type TestCloud } from "../support/cloud.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await testCloud({ sample: false });
});
afterAll(() => cloud.close());

const file = (rename: string, solvedCount: number) => {
  const contests = Array.from({ length: 30 }, (_, index) => ({ contestId: index + 1, index: "A" }));
  const problems = contests.map((each) => ({
    ...each,
    name: `${rename} ${each.contestId}`,
    tags: ["dp"],
  }));
  const problemStatistics = contests.map((each) => ({ ...each, solvedCount }));
  return readProblems(JSON.stringify({ status: "OK", result: { problems, problemStatistics } }));
};

const run = (problems: ReturnType<typeof file>) =>
  importProblems(createApiClient({ url: cloud.url, token: cloud.tokens.admin }), problems);

async function listed(): Promise<{ problem_id: string; title: string }[]> {
  const response = await cloud.call("/api/problems/?platform=codeforces");
  return (await response.json()) as { problem_id: string; title: string }[];
}

test("an import can be repeated: nothing is there twice, and what changed is updated", async () => {
  const done: number[] = [];
  const client = createApiClient({ url: cloud.url, token: cloud.tokens.admin });
  const first = await importProblems(client, file("Title", 5), (count) => done.push(count));
  expect(first).toEqual({ created: 30, updated: 0, unchanged: 0 });
  expect(done.at(-1)).toBe(30);
  expect(await listed()).toHaveLength(30);

  expect(await run(file("Title", 5))).toEqual({ created: 0, updated: 0, unchanged: 30 });
  expect(await run(file("Other title", 7))).toEqual({ created: 0, updated: 30, unchanged: 0 });
  expect(await listed()).toHaveLength(30);
  expect((await listed()).every(({ title }) => title.startsWith("Other title"))).toBe(true);

  // Executions of our own have raised the counts beyond the file's: they stay.
  expect(await run(file("Other title", 6))).toEqual({ created: 0, updated: 0, unchanged: 30 });
});

test("a problem that is there as a draft is updated, and stays a draft", async () => {
  await cloud.call("/api/problems/", {
    method: "POST",
    as: cloud.tokens.admin,
    body: JSON.stringify({
      problem_url: "https://codeforces.com/contest/500/problem/A",
      title: "Draft",
    }),
  });
  const problems = JSON.stringify({
    status: "OK",
    result: { problems: [{ contestId: 500, index: "A", name: "Named" }] },
  });
  expect(await run(readProblems(problems))).toEqual({ created: 0, updated: 1, unchanged: 0 });
  const drafts = await cloud.call("/api/problems/drafts/", { as: cloud.tokens.admin });
  expect(await drafts.json()).toMatchObject({ drafts: [{ problem_id: "500A", title: "Named" }] });
});
