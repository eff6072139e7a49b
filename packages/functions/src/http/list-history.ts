import { HistoryQuery } from "@algoitny/core/history/history-input";
import { searchHistory } from "@algoitny/core/history/history.resources";
import { cached } from "../endpoint/answer.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "GET /api/history/",
  { query: HistoryQuery, audience: "viewer" },
  async ({ query }, { caller, read }) =>
    cached(await read(searchHistory, { ...query, viewer: caller?.sub }), "no history"),
);
