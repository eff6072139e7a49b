import * as z from "zod";
import { BodyText, orDefault } from "../parameter.ts";
import { CountInput } from "../table/stored.ts";
import { parseProblemUrl } from "./problem-url.ts";

/** Baekjoon's ids are numbers: taken as text. */
const TextOrNumber = z.union([BodyText, z.int().transform(String)]);
const NullIsEmpty = z.null().transform(() => "");
const Link = z.union([
  z.literal(""),
  z.url({ protocol: /^https?$/, error: "write an http(s) address" }).max(2_000),
]);
const Label = TextOrNumber.pipe(z.string().trim().min(1).max(100));

/** Every field of a problem that an admin may set. */
const fields = {
  platform: TextOrNumber.pipe(z.string().trim().min(1).max(50)),
  problem_id: Label,
  title: TextOrNumber.pipe(z.string().trim().min(1).max(500)),
  problem_url: z.union([Link, NullIsEmpty]),
  tags: z.array(Label).max(100),
  language: BodyText.pipe(z.string().trim().max(50)),
  is_completed: z.boolean(),
  constraints: z.union([BodyText, NullIsEmpty]),
  solution_code: BodyText.nullable(),
  execution_count: CountInput,
};

/** Body of `POST /problems/`. A Codeforces or Baekjoon `problem_url` stands in for platform and problem id. */
export const ProblemInput = z
  .object({
    ...fields,
    platform: fields.platform.nullish(),
    problem_id: fields.problem_id.nullish(),
    title: fields.title.nullish(),
    problem_url: fields.problem_url.default(""),
    tags: orDefault(fields.tags, []),
    language: orDefault(fields.language, ""),
    is_completed: orDefault(fields.is_completed, false),
    constraints: fields.constraints.default(""),
    solution_code: fields.solution_code.default(null),
    execution_count: orDefault(fields.execution_count, 0),
  })
  .transform((input, context) => {
    const known = parseProblemUrl(input.problem_url);
    const platform = input.platform ?? known?.platform;
    const problem_id =
      input.problem_id ?? (platform === known?.platform ? known?.problem_id : undefined);
    if (platform && problem_id) {
      return { ...input, platform, problem_id, title: input.title ?? problem_id };
    }
    const path = platform ? "problem_id" : "platform";
    const message = `give ${path}, or the problem_url of a Codeforces or Baekjoon problem to read it from`;
    context.addIssue({ code: "custom", path: [path], message });
    return z.NEVER;
  });
export type ProblemInput = z.output<typeof ProblemInput>;

/** Body of `PATCH /problems/{id}/`: the fields to change; `is_deleted: false` restores a deleted problem. */
export const ProblemPatch = z.object({ ...fields, is_deleted: z.boolean() }).partial();
export type ProblemPatch = z.output<typeof ProblemPatch>;
