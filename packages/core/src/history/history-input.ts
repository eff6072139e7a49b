import * as z from "zod";
import { AnyJson, BodyText, orDefault, trimmedText } from "../body-text.ts";
import { CountInput } from "../table/stored.ts";
import { Subject } from "../user/user.ts";
import { Hint } from "./history.ts";

const ResultInput = z.object({
  test_case_id: z.int().nullable().default(null),
  passed: orDefault(z.boolean(), false),
  status: z.nullable(BodyText).default(null),
  output: z.nullable(BodyText).default(null),
  error: z.nullable(BodyText).default(null),
});

/** Body of `POST /history/`; `problem_id` is the problem's integer id. */
export const HistoryInput = z.object({
  problem_id: z.int().positive(),
  language: trimmedText({ min: 1, max: 50 }),
  code: BodyText,
  result_summary: z._default(AnyJson, null),
  passed_count: CountInput,
  failed_count: CountInput,
  total_count: CountInput,
  is_code_public: orDefault(z.boolean(), false),
  test_results: orDefault(z.array(ResultInput), []),
});
export type HistoryInput = z.output<typeof HistoryInput>;

/** Fields that an execution's owner may change. */
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
    result_summary: AnyJson,
    test_results: z.array(ResultInput),
  })
  .partial();
export type HistoryRepair = z.output<typeof HistoryRepair>;

/** Body of `PATCH /history/{id}/`: an owner's change, or an admin's repair. Not both: few admins also own the execution. */
export const HistoryChange = HistoryPatch.extend({ repair: HistoryRepair.optional() })
  .refine(
    ({ repair, is_code_public, hints }) =>
      repair === undefined || (is_code_public === undefined && hints === undefined),
    { path: ["repair"], error: "send a repair without other fields" },
  )
  .meta({
    not: {
      required: ["repair"],
      anyOf: [{ required: ["is_code_public"] }, { required: ["hints"] }],
    },
  });
