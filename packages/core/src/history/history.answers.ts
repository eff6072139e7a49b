import * as z from "zod";
import { AnyJson } from "../body-text.ts";
import { Hint } from "./history.ts";

/** An element of `GET /history/`. Private executions are shown to their owner only, so every shown row has its code. */
export const HistoryRow = z
  .object({
    id: z.int(),
    user_email: z.string(),
    user_identifier: z.string(),
    platform: z.string(),
    problem_number: z.string(),
    problem_title: z.string(),
    language: z.string(),
    passed_count: z.int(),
    failed_count: z.int(),
    total_count: z.int(),
    is_code_public: z.boolean(),
    created_at: z.string(),
    code: z.string(),
    has_hints: z.boolean(),
  })
  .meta({ id: "Execution" });
export type HistoryRow = z.infer<typeof HistoryRow>;

/** Answer of `GET /history/`. */
export const HistoryPage = z
  .object({
    results: z.array(HistoryRow),
    count: z.int(),
    next_offset: z.int().nullable().meta({ description: "Null on the last page." }),
    has_more: z.boolean(),
  })
  .meta({ id: "HistoryPage" });
export type HistoryPage = z.infer<typeof HistoryPage>;

const TestResult = z
  .object({
    test_case_id: z.int().nullable(),
    passed: z.boolean(),
    status: z.string().nullable(),
    input: z
      .string()
      .nullable()
      .meta({ description: "Null when the test case is gone, or its problem is not listed." }),
    expected: z
      .string()
      .nullable()
      .meta({ description: "Null when the test case is gone, or its problem is not listed." }),
    output: z.string().nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: "TestResult" });

/** Answer of `GET /history/{id}/`. */
export const HistoryDetail = HistoryRow.extend({
  user: z.int(),
  problem: z.int().meta({ description: "The problem's integer id." }),
  result_summary: AnyJson,
  test_results: z.array(TestResult),
  hints: z.array(Hint),
}).meta({ id: "ExecutionDetail" });
export type HistoryDetail = z.infer<typeof HistoryDetail>;

/** Answer of `GET /history/{id}/hints/`; `not_needed`: no test case failed. */
export const Hints = z
  .object({
    status: z
      .enum(["available", "not_generated", "not_needed"])
      .meta({ description: "`not_needed`: nothing failed." }),
    hints: z.array(Hint),
  })
  .meta({ id: "Hints" });
export type Hints = z.infer<typeof Hints>;
