import { historyDetail } from "@algoitny/core/history/history.resources";
import { created } from "../endpoint/answer.ts";
import { recordHistory } from "../contract/history-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint("POST /api/history/", recordHistory, async ({ body }, call) => {
  const { history } = await call.tables();
  const { id, changes } = await history.record(call.caller, body);
  await call.changed(changes);
  const detail = await call.load(historyDetail, { id, viewer: call.caller.sub });
  return created(detail, `/api/history/${id}/`);
});
