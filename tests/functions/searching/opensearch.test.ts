import { createOpenSearch } from "@algoitny/functions/searching/opensearch";
import { expect, test } from "vitest";

/** An answer of `_search` in the form of OpenSearch's documentation, with `track_total_hits` and `_source` of ids. */
const RECORDED = {
  took: 6,
  timed_out: false,
  _shards: { total: 1, successful: 1, skipped: 0, failed: 0 },
  hits: {
    total: { value: 41, relation: "eq" },
    max_score: null,
    hits: [
      {
        _index: "problems",
        _id: "PROBLEMS#1|1004",
        _score: null,
        _source: { id: 1004 },
        sort: [1004],
      },
      { _index: "problems", _id: "PROBLEMS#0|7", _score: null, _source: { id: 7 }, sort: [7] },
    ],
  },
};

/** An answer to a request that an index refuses. */
const REFUSED = {
  error: { type: "search_phase_execution_exception", reason: "all shards failed" },
  status: 400,
};

function engineOf(body: unknown, status = 200) {
  const sent: { url: string; body: Record<string, unknown> }[] = [];
  const engine = createOpenSearch(
    { url: "https://search.example.com" },
    {
      send: async (url, { body: text }) => {
        sent.push({ url: url.href, body: JSON.parse(text as string) as Record<string, unknown> });
        return new Response(JSON.stringify(body), { status });
      },
    },
  );
  return { engine, sent };
}

const query = { search: "tree", platform: undefined, offset: 0, limit: 20 };

test("ids come newest first, with the number of all that match", async () => {
  const { engine, sent } = engineOf(RECORDED);
  expect(await engine.find(query)).toEqual({ ids: [1004, 7], total: 41 });
  expect(sent).toEqual([
    {
      url: "https://search.example.com/problems/_search",
      body: expect.objectContaining({
        from: 0,
        size: 20,
        track_total_hits: true,
        sort: [{ id: "desc" }],
      }),
    },
  ]);
});

test("a text is found anywhere in title or problem id, and its wildcards are ordinary characters", async () => {
  const { engine, sent } = engineOf(RECORDED);
  await engine.find({ ...query, search: "a*b?\\", platform: "codeforces", offset: 40 });
  const wildcard = (field: string) => ({
    wildcard: { [field]: { value: "*a\\*b\\?\\\\*", case_insensitive: true } },
  });
  expect(sent[0]?.body).toMatchObject({
    from: 40,
    query: {
      bool: {
        filter: [
          { term: { is_completed: true } },
          { term: { is_deleted: false } },
          { term: { platform: "codeforces" } },
          {
            bool: { should: [wildcard("title"), wildcard("problem_id")], minimum_should_match: 1 },
          },
        ],
      },
    },
  });
});

test.each([
  ["an answer that is not a success", REFUSED, 400],
  ["an answer that is not OpenSearch's", { hits: { total: 3 } }, 200],
])("%s is a 503 without details", async (_, body, status) => {
  const { engine } = engineOf(body, status);
  await expect(engine.find(query)).rejects.toMatchObject({
    status: 503,
    message: expect.not.stringContaining("shards"),
  });
});

test("a page beyond the index's limit is refused without a request to it", async () => {
  const { engine, sent } = engineOf(RECORDED);
  await expect(engine.find({ ...query, offset: 9_990 })).rejects.toMatchObject({ code: "invalid" });
  expect(sent).toEqual([]);
});
