import { Problem } from "@algoitny/core/problem/problem";
import { rememberPages } from "@algoitny/core/problem/problem-pages";
import { ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { makeSegment } from "@algoitny/core/problem/segment";
import type { Source } from "@algoitny/core/source";
import { expect, test } from "vitest";

/** Two pages of Codeforces, and a draft of another platform. */
const PROBLEMS = Array.from({ length: 151 }, (_, index) =>
  Problem.parse({
    id: 151 - index,
    platform: index === 0 ? "hidden" : "codeforces",
    problem_id: `${index}`,
    title: ["tree", "graph", "path"][index % 3],
    is_completed: index > 0,
  }),
);

function remember({ most = 10 } = {}) {
  let nowMs = 0;
  const pages = rememberPages({ lifeMs: 300_000, now: () => nowMs, most });
  const source: Source = {
    tables: () => Promise.reject(new Error("no tables in this test")),
    catalogue: async () => [makeSegment(PROBLEMS)],
  };
  return {
    wait: (ms: number) => (nowMs += ms),
    load: (given: Record<string, string>) => pages.compute(ProblemListQuery.parse(given), source),
    /** Requests a list as the API does; true when it may be stored. */
    ask: async (given: Record<string, string>) => {
      const query = ProblemListQuery.parse(given);
      const isWanted = pages.areWanted(query);
      if (!isWanted) await pages.compute(query, source);
      return isWanted;
    },
  };
}

test("a search is worth an entry when it is repeated within the lifetime of a list, and finds something", async () => {
  const { ask, wait } = remember();
  expect(await ask({ search: "tree" })).toBe(false);
  wait(299_999);
  expect(await ask({ search: "graph" })).toBe(false);
  expect(await ask({ search: "TREE" })).toBe(true);
  wait(1);
  expect(await ask({ search: "tree" })).toBe(false);
  for (const _ of [1, 2, 3]) expect(await ask({ search: "found nowhere" })).toBe(false);
});

test("a request is the same if its text, platform, page and page size are the same", async () => {
  const { ask } = remember();
  const asked = [
    { search: "tree" },
    { search: "tree", platform: "codeforces" },
    { search: "tree", page_size: "7" },
    { search: "tree", page_size: "7", page: "2" },
    { page_size: "7" },
  ];
  for (const query of asked) expect([query, await ask(query)]).toEqual([query, false]);
  for (const query of asked) expect([query, await ask(query)]).toEqual([query, true]);
});

test("pages of the usual size are worth an entry at once, unless they are known not to exist", async () => {
  const { ask } = remember();
  const real = [
    {},
    { page: "2" },
    { platform: "codeforces" },
    { platform: "codeforces", page: "2" },
  ];
  const made = [
    { platform: "made up" },
    { platform: "hidden" },
    { page: "3" },
    { platform: "codeforces", page: "3" },
  ];
  for (const query of [...real, ...made]) expect([query, await ask(query)]).toEqual([query, true]);
  await ask({ search: "by which the catalogue is read" });
  for (const query of real) expect([query, await ask(query)]).toEqual([query, true]);
  for (const _ of [1, 2])
    for (const query of made) expect([query, await ask(query)]).toEqual([query, false]);
});

test("the least recently requested searches are forgotten first", async () => {
  const { ask, load } = remember({ most: 3 });
  for (const search of ["t", "r", "e"]) await ask({ search });
  // A load of the entry counts as a request for it.
  await load({ search: "t" });
  await ask({ search: "a" });
  expect(await ask({ search: "t" })).toBe(true);
  expect(await ask({ search: "r" })).toBe(false);
});
