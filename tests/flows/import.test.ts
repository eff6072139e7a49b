import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiClient } from "@algoitny/ops/api-client";
import { readProblems } from "@algoitny/ops/import/codeforces";
import { importProblems } from "@algoitny/ops/import/import-problems";
import { sampleProblems } from "@algoitny/local/sample/problems";
import { testCloud, type TestCloud } from "../support/test-cloud.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await testCloud({ sample: false });
});
afterAll(() => cloud.close());

/** Number of problems in the repeatedly imported file: more than an import writes concurrently. */
const KNOWN = 12;

const file = (rename: string, solvedCount: number) => {
  const contests = Array.from({ length: KNOWN }, (_, index) => ({
    contestId: index + 1,
    index: "A",
  }));
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

test("a repeated import adds nothing twice, and updates what has changed", async () => {
  const done: number[] = [];
  const client = createApiClient({ url: cloud.url, token: cloud.tokens.admin });
  const first = await importProblems(client, file("Title", 5), (count) => done.push(count));
  expect(first).toEqual({ created: KNOWN, updated: 0, unchanged: 0 });
  expect(done.at(-1)).toBe(KNOWN);
  expect(await listed()).toHaveLength(KNOWN);

  expect(await run(file("Title", 5))).toEqual({ created: 0, updated: 0, unchanged: KNOWN });
  expect(await run(file("Other title", 7))).toEqual({ created: 0, updated: KNOWN, unchanged: 0 });
  expect(await listed()).toHaveLength(KNOWN);
  expect((await listed()).every(({ title }) => title.startsWith("Other title"))).toBe(true);

  // The stored counts, 7, are higher than the file's: they stay.
  expect(await run(file("Other title", 6))).toEqual({ created: 0, updated: 0, unchanged: KNOWN });
});

test("a problem that exists as a draft is updated, and stays a draft", async () => {
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

/** Ids of the sample data's problems that are Codeforces's: an import knows them, and does not add them again. */
const SAMPLE_IDS = ["4A", "71A", "282A", "231A"];

/** An answer of `problemset.problems` that contains the sample's problems. */
function problemset() {
  const made = Array.from({ length: 20 }, (_, index) => `${1_000 + index}B`);
  const problems = [...SAMPLE_IDS, ...made].map((id) => ({
    contestId: Number.parseInt(id),
    index: id.at(-1),
    name: `Задача ${id}`,
    tags: ["dp", "math"],
  }));
  return readProblems(JSON.stringify({ status: "OK", result: { problems } }));
}

test("an import over the sample data updates its problems, adds the others, and writes nothing when it is repeated", async () => {
  await using sampled = await testCloud({ sample: true });
  const client = createApiClient({ url: sampled.url, token: sampled.tokens.admin });
  const problems = problemset();
  const created = problems.length - SAMPLE_IDS.length;
  expect(await importProblems(client, problems)).toEqual({
    created,
    updated: SAMPLE_IDS.length,
    unchanged: 0,
  });

  const pages = await Promise.all(
    [1, 2].map((page) =>
      sampled.call(`/api/problems/?platform=codeforces&page=${page}&page_size=20`),
    ),
  );
  const shown = (await Promise.all(pages.map((page) => page.json()))) as { problem_id: string }[][];
  const idsOf = (items: readonly { problem_id: string }[]) =>
    items.map(({ problem_id }) => problem_id).toSorted();
  expect(idsOf(shown.flat())).toEqual(idsOf(problems));
  expect(pages[0]?.headers.get("x-total-count")).toBe(String(problems.length));
  const { drafts } = (await client.call("GET", "/api/problems/drafts/")) as { drafts: unknown[] };
  expect(drafts).toHaveLength(sampleProblems.filter((each) => !each.is_completed).length);

  await sampled.streams.drained();
  const before = sampled.entries.length;
  expect(await importProblems(client, problems)).toEqual({
    created: 0,
    updated: 0,
    unchanged: problems.length,
  });
  await sampled.streams.drained();
  const writes = sampled.entries
    .slice(before)
    .filter((entry) =>
      entry.kind === "request" ? entry.method !== "GET" : entry.kind === "stream",
    );
  expect(writes).toEqual([]);
});

test("every Codeforces problem in the sample data is one that an import brings, and is published", () => {
  const known = sampleProblems.filter(({ platform }) => platform === "codeforces");
  expect(known.map(({ problem_id, is_completed }) => [problem_id, is_completed])).toEqual(
    SAMPLE_IDS.map((id) => [id, true]),
  );
});
