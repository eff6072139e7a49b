import { Problem } from "@algoitny/core/problem/problem";
import { rememberPages } from "@algoitny/core/problem/problem-pages";
import { ProblemListQuery } from "@algoitny/core/problem/problem-query";
import type { Source } from "@algoitny/core/source";
import type { Tables } from "@algoitny/core/tables";
import { expect, test } from "vitest";

const head = (id: number, fields: object = {}) =>
  Problem.parse({
    id,
    platform: "spoj",
    problem_id: `${id}`,
    title: "Tree",
    is_completed: true,
    ...fields,
  });

/** A process whose search engine returns these ids, over a table with these heads. */
function searching(heads: readonly Problem[], found: readonly number[]) {
  const asked: unknown[] = [];
  const problems = {
    getHeads: async (ids: readonly number[]) =>
      ids.flatMap((id) => heads.filter((each) => each.id === id)),
  };
  const source: Source = {
    tables: async () => ({ problems }) as unknown as Tables,
    catalogue: () => Promise.reject(new Error("the catalogue is not read for a search")),
    search: {
      find: async (query) => {
        asked.push(query);
        return { ids: found, total: 100 };
      },
    },
  };
  const pages = rememberPages({ lifeMs: 1_000 });
  const ask = (given: Record<string, string>) =>
    pages.compute(ProblemListQuery.parse(given), source);
  const ids = async (given: Record<string, string>) =>
    (JSON.parse((await ask(given)).rows) as Problem[]).map(({ id }) => id);
  return { asked, ask, ids, pages };
}

test("the search engine is asked for a page by its offset, with the case-folded text", async () => {
  const { asked, ids } = searching([head(9), head(7)], [9, 7]);
  expect(await ids({ search: "TREE", page: "3", page_size: "2" })).toEqual([9, 7]);
  expect(asked).toEqual([{ search: "tree", platform: undefined, offset: 4, limit: 2 }]);
});

test("results of an outdated engine that should not be shown are left out, and not counted", async () => {
  const heads = [
    head(6),
    head(5, { is_deleted: true }),
    head(4, { is_completed: false }),
    head(3, { title: "renamed" }),
    head(2, { platform: "kattis" }),
  ];
  const { ask, ids } = searching(heads, [6, 5, 4, 3, 2, 1]);
  expect(await ids({ search: "tree", platform: "spoj" })).toEqual([6]);
  expect((await ask({ search: "tree", platform: "spoj" })).total).toBe(95);
});

test("a page of a search engine is never stored: it would stay as outdated as the engine was", async () => {
  const { ask, pages } = searching([head(6)], [6]);
  for (let count = 0; count < 3; count += 1)
    expect((await ask({ search: "tree" })).isOneOfFew).toBe(false);
  expect(pages.areWanted(ProblemListQuery.parse({ search: "tree" }))).toBe(false);
});

test("lists without a search are made from the catalogue", async () => {
  const { ask } = searching([head(6)], [6]);
  await expect(ask({})).rejects.toThrow("the catalogue is not read for a search");
});
