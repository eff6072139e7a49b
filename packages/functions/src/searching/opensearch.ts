import { CoreError } from "@algoitny/core/core-error";
import type { ProblemSearch, ProblemSearchQuery } from "@algoitny/core/problem/problem-search";
import * as z from "zod/mini";
import { openSigner } from "../aws-json.ts";
import { unavailable } from "../endpoint/http-error.ts";

/** Index that an ingestion pipeline fills from the table: one document per problem, with its attributes. */
const INDEX = "problems";

/** Number of results within an index's reach: `index.max_result_window` by default. */
const MOST_RESULTS = 10_000;

/** Time limit of a search, including a second attempt. */
const TIMEOUT_MS = 5_000;

/** The part of a `_search` answer that is read. */
const Found = z.object({
  hits: z.object({
    total: z.object({ value: z.int() }),
    hits: z.array(z.object({ _source: z.object({ id: z.int() }) })),
  }),
});

type Send = (url: URL, init: RequestInit) => Promise<Response>;

/** Signs requests with the function's own credentials, as domains of Amazon OpenSearch Service require. */
const sendSigned: Send = async (url, init) => (await openSigner("es")).fetch(url, init);

/**
 * An OpenSearch domain as the search engine. It needs version 2.15 or newer, because `title` and `problem_id` are of type
 * `wildcard`.
 */
export function createOpenSearch(
  { url }: { url: string },
  { send = sendSigned }: { send?: Send } = {},
): ProblemSearch {
  const address = new URL(`${INDEX}/_search`, url.endsWith("/") ? url : `${url}/`);
  return {
    async find(query) {
      if (query.offset + query.limit > MOST_RESULTS)
        throw new CoreError(
          "invalid",
          `a search reaches its first ${MOST_RESULTS} results: ask for an earlier page, or search for a longer text`,
        );
      try {
        const { hits } = await ask(send, address, requestOf(query));
        return { ids: hits.hits.map(({ _source }) => _source.id), total: hits.total.value };
      } catch (error) {
        throw unavailable("the search engine does not answer right now; try again", error);
      }
    },
  };
}

async function ask(send: Send, address: URL, request: object): Promise<z.infer<typeof Found>> {
  const response = await send(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`OpenSearch answered ${response.status}: ${text.slice(0, 200)}`);
  return Found.parse(JSON.parse(text));
}

function requestOf({ search, platform, offset, limit }: ProblemSearchQuery) {
  const value = `*${search.replaceAll(/[*?\\]/g, String.raw`\$&`)}*`;
  const contains = (field: string) => ({
    wildcard: { [field]: { value, case_insensitive: true } },
  });
  return {
    from: offset,
    size: limit,
    track_total_hits: true,
    _source: ["id"],
    sort: [{ id: "desc" }],
    query: {
      bool: {
        filter: [
          { term: { is_completed: true } },
          { term: { is_deleted: false } },
          ...(platform === undefined ? [] : [{ term: { platform } }]),
          {
            bool: { should: [contains("title"), contains("problem_id")], minimum_should_match: 1 },
          },
        ],
      },
    },
  };
}
