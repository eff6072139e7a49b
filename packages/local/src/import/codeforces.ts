import { z } from "zod";

/** The answer of the Codeforces API's `problemset.problems`. Source: https://codeforces.com/apiHelp/methods#problemset.problems */
const Answer = z.object({
  status: z.literal("OK", { error: 'is not "OK": the Codeforces API reported a failure' }),
  result: z.object({
    problems: z.array(
      z.object({
        contestId: z
          .int({ error: "is missing: only problems of a contest have an address" })
          .positive(),
        index: z.string().regex(/^([A-Za-z]\d*|\d{1,2})$/, 'must be as "A", "C1" or "01"'),
        name: z.string().trim().min(1),
        tags: z.array(z.string()).default([]),
      }),
    ),
    problemStatistics: z
      .array(z.object({ contestId: z.int(), index: z.string(), solvedCount: z.int().min(0) }))
      .default([]),
  }),
});

/** What the import writes of a problem. */
export interface ImportedProblem {
  platform: "codeforces";
  problem_id: string;
  title: string;
  problem_url: string;
  tags: string[];
  execution_count: number;
}

/** An import file that cannot be used; the message says what is wrong and where. */
export class ImportFileError extends Error {
  override readonly name = "ImportFileError";
}

const ISSUES_SHOWN = 10;

/** Contests from this number on are gyms, whose problems live at another address. */
const FIRST_GYM = 100_000;

/** Reads the whole file before anything is written, oldest contest first; throws an ImportFileError. */
export function readProblems(text: string): ImportedProblem[] {
  const { problems, problemStatistics } = validate(parse(text)).result;
  const solved = new Map(problemStatistics.map((each) => [idOf(each), each.solvedCount]));
  const imported = problems
    .toSorted(
      (left, right) => left.contestId - right.contestId || compareText(left.index, right.index),
    )
    .map((problem): ImportedProblem => ({
      platform: "codeforces",
      problem_id: idOf(problem),
      title: problem.name,
      problem_url: urlOf(problem),
      tags: problem.tags,
      execution_count: solved.get(idOf(problem)) ?? 0,
    }));
  const ids = imported.map(({ problem_id }) => problem_id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new ImportFileError(`problem ${twice} is there twice`);
  return imported;
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
  const { issues } = result.error;
  const shown = issues
    .slice(0, ISSUES_SHOWN)
    .map(({ path, message }) => `  ${path.join(".") || "file"}: ${message}`);
  const more = issues.length > ISSUES_SHOWN ? [`  … and ${issues.length - ISSUES_SHOWN} more`] : [];
  throw new ImportFileError(
    ["not an answer of problemset.problems:", ...shown, ...more].join("\n"),
  );
}

function idOf({ contestId, index }: { contestId: number; index: string }): string {
  return `${contestId}${index.toUpperCase()}`;
}

function urlOf({ contestId, index }: { contestId: number; index: string }): string {
  const site = "https://codeforces.com";
  return contestId < FIRST_GYM
    ? `${site}/problemset/problem/${contestId}/${index.toUpperCase()}`
    : `${site}/gym/${contestId}/problem/${index.toUpperCase()}`;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
