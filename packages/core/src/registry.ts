import type { AnyResource, Resource } from "@algoitny/cache";
import * as z from "zod";
import { historyDetail, searchHistory } from "./history/history.resources.ts";
import {
  problemDetail,
  problemDrafts,
  problemList,
  problemRegistered,
} from "./problem/problem.resources.ts";
import type { Source } from "./source.ts";
import { testCaseList } from "./test-case/test-case.resources.ts";
import { userStats } from "./user/user.resources.ts";

/** A cached view, and what its parameters look like once they have travelled as JSON. */
export interface RegisteredView {
  readonly resource: AnyResource;
  readonly params: z.ZodType;
}

function view<Params, Value>(
  resource: Resource<Params, Value, Source>,
  params: z.ZodType<NoInfer<Params>>,
): RegisteredView {
  return { resource, params };
}

const id = z.int().positive();
const admin = z.boolean();
/** The verified subject; JSON leaves out that there is none. */
const viewer = z
  .string()
  .optional()
  .transform((sub) => sub);

/** Resource name → view: how a message on a queue, or a line of an operator's, finds what it is about. */
export const registry: Readonly<Record<string, RegisteredView>> = {
  problem_list: view(
    problemList,
    z.strictObject({
      platform: z.string().optional(),
      search: z.string().optional(),
      page: z.int().positive(),
      page_size: z.int().positive(),
    }),
  ),
  problem_detail: view(
    problemDetail,
    z.union([
      z.strictObject({ id, admin }),
      z.strictObject({ platform: z.string(), problem_id: z.string(), admin }),
    ]),
  ),
  problem_drafts: view(problemDrafts, z.void()),
  problem_registered: view(problemRegistered, z.void()),
  test_cases: view(testCaseList, z.strictObject({ problem: id, admin })),
  user_stats: view(userStats, z.strictObject({ sub: z.string().min(1) })),
  search_history: view(
    searchHistory,
    z.strictObject({
      offset: z.int().min(0),
      limit: z.int().positive(),
      my_only: z.boolean(),
      viewer,
    }),
  ),
  history_detail: view(historyDetail, z.strictObject({ id, viewer })),
};
