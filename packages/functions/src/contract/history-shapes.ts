import { HistoryChange, HistoryInput } from "@algoitny/core/history/history-input";
import { HistoryQuery } from "@algoitny/core/history/history-query";
import { ById } from "../endpoint/path.ts";

export const listHistory = { query: HistoryQuery, audience: "viewer" } as const;
export const getHistory = { path: ById, audience: "viewer" } as const;
export const getHints = { path: ById, audience: "viewer" } as const;

export const recordHistory = { body: HistoryInput } as const;
export const updateHistory = {
  path: ById,
  body: HistoryChange,
  decidesPreconditions: true,
} as const;
