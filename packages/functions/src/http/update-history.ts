import { HistoryPatch } from "@algoitny/core/history/history";
import { historyDetail } from "@algoitny/core/history/history.resources";
import { ok } from "../endpoint/answer.ts";
import { ById } from "../endpoint/path.ts";
import { endpoint } from "../runtime.ts";

export const handler = endpoint(
  "PATCH /api/history/{id}/",
  { path: ById, body: HistoryPatch, decidesPreconditions: true },
  async ({ path: { id }, body }, call) => {
    const { history } = await call.tables();
    const { changes } = await history.change(id, call.caller.sub, body, call.precondition);
    await call.changed(changes);
    return ok(await call.load(historyDetail, { id, viewer: call.caller.sub }));
  },
);
