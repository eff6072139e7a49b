import { randomUUID } from "node:crypto";
import { foldCase } from "@algoitny/core/fold-case";
import { matches } from "@algoitny/core/problem/problem";
import { createOpenSearch } from "@algoitny/functions/searching/opensearch";
import { beforeAll, describe, expect, test } from "vitest";

/** A server of OpenSearch 2.15 or newer, without a password; its index `problems` is replaced. */
const { OPENSEARCH_URL } = process.env;

const PLATFORMS = ["codeforces", "baekjoon"];

const TITLES = [
  "Watermelon",
  "A+B Problem",
  "최단 경로",
  "정렬 트리",
  "Knight's \\ Tour",
  "50% * off?",
  "ΟΔΟΣ",
  "МАТРИЦА",
  "Ünïcödé",
  "two  spaces",
  "tab\tand \u0001",
  `long ${"x".repeat(300)} end`,
];

/** Without a normalizer an index folds only ASCII letters, whatever the query says. */
const FOLDED = { type: "wildcard", normalizer: "lowercase" };

const documents = TITLES.flatMap((title, index) =>
  PLATFORMS.map((platform, place) => {
    const id = 1 + index * PLATFORMS.length + place;
    return {
      id,
      platform,
      problem_id: `${id}-${index % 2 === 0 ? "Aa" : "정*"}`,
      title,
      is_completed: id % 7 !== 0,
      is_deleted: id % 5 === 0,
    };
  }),
);

async function ask(path: string, method: string, body: string): Promise<void> {
  const type = path.startsWith("_bulk") ? "application/x-ndjson" : "application/json";
  const url = new URL(path, OPENSEARCH_URL);
  const response = await fetch(url, { method, body, headers: { "content-type": type } });
  const text = await response.text();
  if (!response.ok || text.includes('"errors":true')) throw new Error(`${path}: ${text}`);
}

describe.runIf(OPENSEARCH_URL)("over a server of OpenSearch", () => {
  beforeAll(async () => {
    await fetch(new URL("problems", OPENSEARCH_URL), { method: "DELETE" });
    const of = (type: string) => ({ type });
    const properties = {
      id: of("long"),
      platform: of("keyword"),
      title: FOLDED,
      problem_id: FOLDED,
      is_completed: of("boolean"),
      is_deleted: of("boolean"),
    };
    await ask("problems", "PUT", JSON.stringify({ mappings: { properties } }));
    const lines = documents.flatMap((document) => [
      { index: { _index: "problems", _id: randomUUID() } },
      document,
    ]);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    await ask("_bulk?refresh=true", "POST", text);
    // The first search of a server that has just started takes seconds.
    await ask("problems/_search", "POST", "{}");
  });

  // There is no time limit: a server on the same machine may be slow.
  const send = (url: URL, init: RequestInit) => fetch(url, { ...init, signal: null });
  const engine = () => createOpenSearch({ url: OPENSEARCH_URL ?? "" }, { send });

  test.each([undefined, ...PLATFORMS])(
    "a search finds what the catalogue finds, on %s",
    async (platform) => {
      const terms = TITLES.flatMap((title) => [title, title.slice(1, 4), title.slice(-3)]);
      for (const term of [...terms, "*", "?", "-aA", "정*", "nowhere", "x".repeat(100)]) {
        const search = foldCase(term);
        const found = await engine().find({ search, platform, offset: 0, limit: 100 });
        const expected = documents
          .filter((each) => each.is_completed && !each.is_deleted && matches(each, search))
          .filter((each) => platform === undefined || each.platform === platform)
          .map(({ id }) => id)
          .toReversed();
        expect({ term, ...found }).toEqual({ term, ids: expected, total: expected.length });
      }
    },
  );

  test("pages are consecutive, and the last one ends the list", async () => {
    const page = (offset: number) =>
      engine().find({ search: "a", platform: undefined, offset, limit: 3 });
    const all = await engine().find({ search: "a", platform: undefined, offset: 0, limit: 100 });
    const pages = [await page(0), await page(3)];
    expect(pages.flatMap(({ ids }) => ids)).toEqual(all.ids.slice(0, 6));
    expect(await page(9_990)).toEqual({ ids: [], total: all.total });
  });
});
