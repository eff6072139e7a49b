import { historyDetail } from "@algoitny/core/history/history.resources";
import { toHints } from "@algoitny/core/history/history-view";
import { derived } from "../endpoint/answer.ts";
import { getHints } from "../contract/history-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "GET /api/history/{id}/hints/",
  getHints,
  async ({ path: { id } }, { caller, read }) => {
    const reading = await read(historyDetail, { id, viewer: caller?.sub });
    return derived(reading, "hints", `execution ${id} not found`, toHints);
  },
);
