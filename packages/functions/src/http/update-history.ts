import { historyDetail } from "@algoitny/core/history/history.resources";
import { ok } from "../endpoint/answer.ts";
import { HttpError } from "../endpoint/http-error.ts";
import { updateHistory } from "../contract/history-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "PATCH /api/history/{id}/",
  updateHistory,
  async ({ path: { id }, body: { repair, ...patch } }, call) => {
    const { history } = await call.tables();
    if (repair !== undefined) {
      if (!call.caller.admin) throw new HttpError(403, "only admins may repair");
      const { changes, unreadable } = await history.repair(id, repair, call.precondition);
      await call.changed(changes);
      // The answer does not contain the execution: admins do not see another user's private one either.
      return ok({ message: `execution ${id} is repaired as far as was asked`, unreadable });
    }
    const { changes } = await history.change(id, call.caller.sub, patch, call.precondition);
    await call.changed(changes);
    return ok(await call.load(historyDetail, { id, viewer: call.caller.sub }));
  },
);
