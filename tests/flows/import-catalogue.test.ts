import { createApiClient } from "@algoitny/local/import/api-client";
import { readProblems } from "@algoitny/local/import/codeforces";
import { importProblems } from "@algoitny/local/import/import-problems";
import { sampleProblems } from "@algoitny/local/sample/problems";
import { expect, test } from "vitest";
import { testCloud, type TestCloud } from "../support/cloud.ts";

/** As many as Codeforces had in November 2018. */
const COUNT = 4_637;

/** The import's own limit. */
const WITHIN_MS = 120_000;

const TAGS = [
  "implementation",
  "math",
  "greedy",
  "dp",
  "data structures",
  "constructive algorithms",
];

/** An answer of `problemset.problems` with so many problems, five to a contest, the newest first. */
function problemset(): string {
  const problems = Array.from({ length: COUNT }, (_, index) => ({
    contestId: 1 + Math.floor(index / 5),
    index: "ABCDE"[index % 5],
    name: `Задача ${index}: about as long as a name is`,
    tags: TAGS.slice(index % TAGS.length, (index % TAGS.length) + (index % 4)),
  })).toReversed();
  const problemStatistics = problems.map(({ contestId, index }) => ({
    contestId,
    index,
    solvedCount: 10 + contestId,
  }));
  return JSON.stringify({ status: "OK", result: { problems, problemStatistics } });
}

/** Every problem of Codeforces that the lists show. */
async function listed(cloud: TestCloud): Promise<{ total: string | null; ids: string[] }> {
  const ids: string[] = [];
  for (let page = 1; ; page += 1) {
    const path = `/api/problems/?platform=codeforces&page=${page}&page_size=200`;
    const response = await cloud.call(path);
    const items = (await response.json()) as { problem_id: string }[];
    ids.push(...items.map(({ problem_id }) => problem_id));
    if (items.length === 0) return { total: response.headers.get("x-total-count"), ids };
  }
}

/** Problems of the sample that the file brings as well. */
const SAMPLE_IDS = ["4A", "71A", "282A", "231A"];

test(
  `${COUNT} problems are imported in less than two minutes, into the sample too, and importing some again writes nothing`,
  { timeout: 3 * WITHIN_MS },
  async () => {
    await using cloud = await testCloud({ sample: true });
    const call = createApiClient({ url: cloud.url, token: cloud.tokens.admin });
    const problems = readProblems(problemset());
    const ids = problems.map(({ problem_id }) => problem_id);
    const updated = SAMPLE_IDS.length;

    const beganMs = performance.now();
    const first = await importProblems(call, problems);
    expect(performance.now() - beganMs).toBeLessThan(WITHIN_MS);
    expect(first).toEqual({ created: COUNT - updated, updated, unchanged: 0 });
    const { total, ids: shown } = await listed(cloud);
    expect(total).toBe(String(COUNT));
    expect(shown.toSorted()).toEqual(ids.toSorted());
    const drafts = (await call("GET", "/api/problems/drafts/")) as { drafts: unknown[] };
    expect(drafts.drafts).toHaveLength(sampleProblems.filter((each) => !each.is_completed).length);

    await cloud.streams.drained();
    const before = cloud.entries.length;
    const some = problems.filter((_, index) => index % 20 === 0);
    expect(await importProblems(call, some)).toEqual({
      created: 0,
      updated: 0,
      unchanged: some.length,
    });
    await cloud.streams.drained();
    const writes = cloud.entries
      .slice(before)
      .filter((entry) =>
        entry.kind === "request" ? entry.method !== "GET" : entry.kind === "stream",
      );
    expect(writes).toEqual([]);
  },
);

test("every problem of Codeforces in the sample is one that an import brings, and is published", () => {
  const codeforces = sampleProblems.filter(({ platform }) => platform === "codeforces");
  expect(codeforces.map(({ problem_id, is_completed }) => [problem_id, is_completed])).toEqual(
    SAMPLE_IDS.map((id) => [id, true]),
  );
});
