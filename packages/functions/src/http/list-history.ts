import { searchHistory } from "@algoitny/core/history/history.resources";
import { cached } from "../endpoint/answer.ts";
import { listHistory } from "../contract/history-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "GET /api/history/",
  listHistory,
  async ({ query }, { caller, read }) =>
    cached(await read(searchHistory, { ...query, viewer: caller?.sub }), "no history"),
);
