import * as z from "zod";
import { TestCaseView } from "../test-case/test-case.answers.ts";

/** An element of `GET /problems/`. */
export const ProblemListItem = z
  .object({
    id: z.int(),
    platform: z.string(),
    problem_id: z.string().meta({ examples: ["1000", "1234A"] }),
    title: z.string(),
    problem_url: z.string(),
    tags: z.array(z.string()),
    language: z.string(),
    is_completed: z.boolean(),
    created_at: z.string(),
    test_case_count: z.int(),
  })
  .meta({ id: "ProblemListItem" });
export type ProblemListItem = z.infer<typeof ProblemListItem>;

export const ProblemList = z.array(ProblemListItem);

/** An element of the drafts and of the registered problems: the solution is plain text here. */
export const AdminListItem = ProblemListItem.extend({
  solution_code: z.string().nullable().meta({ description: "Plain text." }),
  constraints: z.string(),
}).meta({ id: "AdminListItem" });
export type AdminListItem = z.infer<typeof AdminListItem>;

export const Drafts = z.object({ drafts: z.array(AdminListItem) });
export const RegisteredProblems = z.object({ problems: z.array(AdminListItem) });

/** Answer of `GET /problems/{id}/`: the solution is base64 of UTF-8 for admins, null for all others, who do not see `is_deleted`. */
export const ProblemDetail = ProblemListItem.extend({
  constraints: z.string(),
  solution_code: z
    .string()
    .nullable()
    .meta({ description: "Base64 of UTF-8 for admins, null for all others." }),
  test_cases: z.array(TestCaseView),
  execution_count: z.int(),
  is_deleted: z.boolean().optional().meta({ description: "Shown to admins alone." }),
}).meta({ id: "ProblemDetail" });
export type ProblemDetail = z.infer<typeof ProblemDetail>;
