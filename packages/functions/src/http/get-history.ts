import { historyDetail } from "@algoitny/core/history/history.resources";
import { cached } from "../endpoint/answer.ts";
import { getHistory } from "../contract/history-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "GET /api/history/{id}/",
  getHistory,
  async ({ path: { id } }, { caller, read }) =>
    cached(await read(historyDetail, { id, viewer: caller?.sub }), `execution ${id} not found`),
);
