import * as z from "zod";
import { BodyText, FlagParameter, orDefault, pageSize, wholeNumber } from "../parameter.ts";
import { CountInput } from "../table/stored.ts";
import { Subject } from "../user/user.ts";
import { Hint } from "./history.ts";

const ResultInput = z.object({
  test_case_id: z.int().nullable().default(null),
  passed: orDefault(z.boolean(), false),
  status: BodyText.nullable().default(null),
  output: BodyText.nullable().default(null),
  error: BodyText.nullable().default(null),
});

/** Body of `POST /history/`; `problem_id` is the problem's integer id. */
export const HistoryInput = z.object({
  problem_id: z.int().positive(),
  language: BodyText.pipe(z.string().trim().min(1).max(50)),
  code: BodyText,
  result_summary: z.json().default(null),
  passed_count: CountInput,
  failed_count: CountInput,
  total_count: CountInput,
  is_code_public: orDefault(z.boolean(), false),
  test_results: orDefault(z.array(ResultInput), []),
});
export type HistoryInput = z.output<typeof HistoryInput>;

/** Body of `PATCH /history/{id}/`. */
export const HistoryPatch = z
  .object({ is_code_public: z.boolean(), hints: z.array(Hint).max(100) })
  .partial();
export type HistoryPatch = z.output<typeof HistoryPatch>;

/** Attributes that an admin writes in place of unreadable ones; the owner's PATCH repairs the rest. */
export const HistoryRepair = z
  .strictObject({
    sub: Subject,
    user: z.int().positive(),
    user_email: BodyText,
    user_identifier: BodyText,
    problem: z.int().positive(),
    platform: BodyText,
    problem_number: BodyText,
    problem_title: BodyText,
    language: BodyText,
    passed_count: CountInput,
    failed_count: CountInput,
    total_count: CountInput,
    created_at: z.iso.datetime(),
    code: BodyText,
    result_summary: z.json(),
    test_results: z.array(ResultInput),
  })
  .partial();
export type HistoryRepair = z.output<typeof HistoryRepair>;

/** Query of `GET /history/`. */
export const HistoryQuery = z.object({
  offset: wholeNumber({ min: 0, max: 1_000_000_000 }).default(0),
  limit: pageSize({ max: 100 }).default(20),
  my_only: FlagParameter.default(false),
});
export type HistoryQuery = z.output<typeof HistoryQuery>;
