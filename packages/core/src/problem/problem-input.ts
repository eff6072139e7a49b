import * as z from "zod";
import { BodyText, NOT_BLANK, orDefault, trimmedText } from "../body-text.ts";
import { CountInput } from "../table/stored.ts";
import { parseProblemUrl } from "./problem-url.ts";

/** Text, or a number that becomes text: Baekjoon's ids are numbers. */
const TextOrNumber = z.union([BodyText, z.int().transform(String)]);
const NullIsEmpty = z.null().transform(() => "");
const Link = z.union([
  z.literal(""),
  z.url({ protocol: /^https?$/, error: "write an http(s) address" }).max(2_000),
]);

/** A text that is not only blanks; limits after a pipe must be stated for the OpenAPI document. */
const label = (limit: number) =>
  TextOrNumber.pipe(z.string().trim().min(1).max(limit)).meta({
    jsonSchema: {
      type: ["string", "integer"],
      pattern: NOT_BLANK,
      maxLength: limit,
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
    },
  });

/** Fields that an admin may set when a problem is created or changed; `is_deleted` only when it is changed. */
const fields = {
  platform: label(50),
  problem_id: label(100),
  title: label(500),
  problem_url: z.union([Link, NullIsEmpty]),
  tags: z.array(label(100)).max(100),
  language: trimmedText({ max: 50 }),
  is_completed: z.boolean(),
  constraints: z.union([BodyText, NullIsEmpty]),
  solution_code: z.nullable(BodyText),
  execution_count: CountInput,
};

/** For the OpenAPI document: required fields, which must not be null. */
const named = (names: readonly string[]) => ({
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, { not: { type: "null" } }])),
});

/** For the OpenAPI document: an address that names its problem, in common spellings. */
const FROM_ITS_URL = {
  properties: {
    platform: { type: "null" },
    problem_url: {
      type: "string",
      pattern:
        "^https?://((www\\.)?acmicpc\\.net/problem/[1-9]\\d{0,9}|(www\\.)?codeforces\\.com/(problemset/problem/[1-9]\\d{0,9}/[A-Z]\\d?|(contest|gym)/[1-9]\\d{0,9}/problem/[A-Z]\\d?))$",
    },
  },
};

/** Body of `POST /problems/`. A Codeforces or Baekjoon `problem_url` may replace platform and problem id. */
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
  })
  .meta({
    anyOf: [named(["platform", "problem_id"]), { required: ["problem_url"], ...FROM_ITS_URL }],
  });
export type ProblemInput = z.output<typeof ProblemInput>;

/** Body of `PATCH /problems/{id}/`: the fields to change; `is_deleted: false` restores a deleted problem. */
export const ProblemPatch = z.object({ ...fields, is_deleted: z.boolean() }).partial();
export type ProblemPatch = z.output<typeof ProblemPatch>;
