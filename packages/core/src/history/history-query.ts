import * as z from "zod/mini";
import { FlagParameter, pageSize, wholeNumber } from "../parameter.ts";

/** Query of `GET /history/`. */
export const HistoryQuery = z.object({
  offset: z._default(wholeNumber({ min: 0, max: 1_000_000_000 }), 0),
  limit: z._default(pageSize({ max: 100 }), 20),
  my_only: z._default(FlagParameter, false),
});
export type HistoryQuery = z.output<typeof HistoryQuery>;
