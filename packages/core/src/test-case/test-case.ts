import * as z from "zod";
import { BodyText } from "../parameter.ts";
import { StoredText } from "../table/stored.ts";

/** Most test cases added at once. */
export const TEST_CASES_AT_ONCE = 100;

/** A test case of a problem (`problem` is its id). */
export const TestCase = z.object({
  id: z.int().positive(),
  problem: z.int().positive(),
  input: StoredText.default(""),
  output: StoredText.default(""),
});
export type TestCase = z.infer<typeof TestCase>;

const isId = (member: unknown): member is number => Number.isSafeInteger(member);

/** The test cases that count: those written but not (or no longer) listed here are not there for anybody. */
export const TestCaseManifest = z.object({
  problem: z.int().positive(),
  /** Members that are no ids are left out, if any is one. */
  test_case_ids: z
    .set(z.unknown())
    .default(new Set())
    .transform((members) => [members, new Set([...members].filter(isId))] as const)
    .refine(([members, ids]) => members.size === 0 || ids.size > 0)
    .transform(([, ids]) => ids),
});
export type TestCaseManifest = z.infer<typeof TestCaseManifest>;

/** Fields of a test case that readers see. */
export const TestCaseView = TestCase.omit({ problem: true });
export type TestCaseView = z.infer<typeof TestCaseView>;

/** Body of `PUT /problems/{id}/testcases/{tc}/`. */
export const TestCaseInput = z.object({ input: BodyText, output: BodyText });
export type TestCaseInput = z.infer<typeof TestCaseInput>;

/** Body of `POST /problems/{id}/testcases/`: one test case or a list of up to 100. */
export const TestCaseInputs = z.union([
  z.array(TestCaseInput).min(1).max(TEST_CASES_AT_ONCE),
  TestCaseInput.transform((input) => [input]),
]);
