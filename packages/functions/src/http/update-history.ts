import { HistoryPatch, HistoryRepair } from "@algoitny/core/history/history-input";
import { historyDetail } from "@algoitny/core/history/history.resources";
import { ok } from "../endpoint/answer.ts";
import { HttpError } from "../endpoint/http-error.ts";
import { ById } from "../endpoint/path.ts";
import { endpoint } from "../http-runtime.ts";

/** An owner's change, or an admin's repair of what cannot be read; not both, as few are both. */
const Body = HistoryPatch.extend({ repair: HistoryRepair.optional() }).refine(
  ({ repair, is_code_public, hints }) =>
    repair === undefined || (is_code_public === undefined && hints === undefined),
  { path: ["repair"], error: "send a repair alone" },
);

export const handler = endpoint(
  "PATCH /api/history/{id}/",
  { path: ById, body: Body, decidesPreconditions: true },
  async ({ path: { id }, body: { repair, ...patch } }, call) => {
    const { history } = await call.tables();
    if (repair !== undefined) {
      if (!call.caller.admin) throw new HttpError(403, "only admins may repair");
      const { changes, unreadable } = await history.repair(id, repair, call.precondition);
      await call.changed(changes);
      // Not the execution: another's private one is not shown to admins either.
      return ok({ message: `execution ${id} is repaired as far as was asked`, unreadable });
    }
    const { changes } = await history.change(id, call.caller.sub, patch, call.precondition);
    await call.changed(changes);
    return ok(await call.load(historyDetail, { id, viewer: call.caller.sub }));
  },
);
