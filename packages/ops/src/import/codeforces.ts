import { ProblemInput } from "@algoitny/core/problem/problem-input";
import { z } from "zod";

/** Fields of the API's input that have another name in the file. */
const NAMES_IN_FILE: Record<string, string> = { title: "name", problem_id: "index" };

const WHOLE_ABOVE_0 = "must be a whole number above 0";

const FileProblem = z
  .object({
    contestId: z
      .int({
        error: ({ input }) =>
          input === undefined
            ? "is missing: only problems of a contest have an address"
            : WHOLE_ABOVE_0,
      })
      .positive(WHOLE_ABOVE_0),
    index: z.string().regex(/^([A-Za-z]\d*|\d{1,2})$/, 'must be as "A", "C1" or "01"'),
    name: z.string().trim().min(1),
    tags: z.array(z.string()).default([]),
  })
  // The API's own rules, so that it does not refuse a problem when half of the file has been imported.
  .transform(({ contestId, index, name, tags }, context) => {
    const problem_id = `${contestId}${index.toUpperCase()}`;
    const problem_url = urlOf(contestId, index.toUpperCase());
    const input = { platform: "codeforces", problem_id, title: name, problem_url, tags };
    const { data, error } = ProblemInput.safeParse(input);
    for (const { path, message } of error?.issues ?? []) {
      const [field = "", ...rest] = path.map(String);
      context.addIssue({ code: "custom", path: [NAMES_IN_FILE[field] ?? field, ...rest], message });
    }
    return data ? { contestId, index, input: data } : z.NEVER;
  });

/** The answer of the Codeforces API's `problemset.problems`. Source: https://codeforces.com/apiHelp/methods#problemset.problems */
const Answer = z.object(
  {
    status: z.literal("OK", { error: 'is not "OK": the Codeforces API reported a failure' }),
    result: z.object({
      problems: z.array(FileProblem),
      problemStatistics: z
        .array(z.object({ contestId: z.int(), index: z.string(), solvedCount: z.int().min(0) }))
        .default([]),
    }),
  },
  { error: "it is not a JSON object" },
);

/** Fields of a problem that the import writes. */
export type ImportedProblem = Pick<
  ProblemInput,
  "platform" | "problem_id" | "title" | "problem_url" | "tags" | "execution_count"
>;

/** An import file that cannot be used; the message says what is wrong and where. */
export class ImportFileError extends Error {
  override readonly name = "ImportFileError";
}

/** Answer to a request that the Codeforces API refused. */
const Refusal = z.object({ status: z.literal("FAILED"), comment: z.string() });

const ISSUES_SHOWN = 10;

/** Contests from this number on are gyms, whose problems have another address. */
const FIRST_GYM = 100_000;

/** Checks the whole file, and returns its problems by contest number; throws an ImportFileError. */
export function readProblems(text: string): ImportedProblem[] {
  const { problems, problemStatistics } = validate(parse(text)).result;
  const ids = problems.map(({ input }) => input.problem_id);
  const twice = ids.findIndex((id, place) => ids.indexOf(id) < place);
  if (twice !== -1)
    throw new ImportFileError(`result.problems.${twice}: problem ${ids[twice]} is there twice`);
  const placeOf = ({ contestId, index }: { contestId: number; index: string }) =>
    `${contestId}/${index}`;
  const solved = new Map(problemStatistics.map((each) => [placeOf(each), each.solvedCount]));
  return problems
    .toSorted(
      (left, right) => left.contestId - right.contestId || compareText(left.index, right.index),
    )
    .map(({ input: { platform, problem_id, title, problem_url, tags }, ...place }) => ({
      platform,
      problem_id,
      title,
      problem_url,
      tags,
      execution_count: solved.get(placeOf(place)) ?? 0,
    }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ImportFileError(
      `not JSON: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

function validate(answer: unknown): z.output<typeof Answer> {
  const result = Answer.safeParse(answer);
  if (result.success) return result.data;
  const refusal = Refusal.safeParse(answer);
  if (refusal.success)
    throw new ImportFileError(`the Codeforces API reported a failure: ${refusal.data.comment}`);
  const { issues } = result.error;
  const shown = issues
    .slice(0, ISSUES_SHOWN)
    .map(({ path, message }) => `  ${[path.join("."), message].filter(Boolean).join(": ")}`);
  const more = issues.length > ISSUES_SHOWN ? [`  … and ${issues.length - ISSUES_SHOWN} more`] : [];
  throw new ImportFileError(
    ["not an answer of problemset.problems:", ...shown, ...more].join("\n"),
  );
}

function urlOf(contest: number, index: string): string {
  const site = "https://codeforces.com";
  return contest < FIRST_GYM
    ? `${site}/problemset/problem/${contest}/${index}`
    : `${site}/gym/${contest}/problem/${index}`;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
