import * as z from "zod/mini";
import { BodyText } from "../body-text.ts";
import { OptionalStoredText, StoredId } from "../table/stored.ts";

/** Highest number of test cases that one request may add. */
export const TEST_CASES_AT_ONCE = 100;

/** A test case of a problem (`problem` is its id). */
export const TestCase = z.object({
  id: StoredId,
  problem: StoredId,
  input: OptionalStoredText,
  output: OptionalStoredText,
});
export type TestCase = z.infer<typeof TestCase>;

const isId = (member: unknown): member is number => Number.isSafeInteger(member);
const idsIn = (members: Set<unknown>) => new Set([...members].filter(isId));
const hasIds = (members: Set<unknown>) => members.size === 0 || idsIn(members).size > 0;

/** The test cases that count: stored ones that are not listed here do not exist for readers. */
export const TestCaseManifest = z.object({
  problem: StoredId,
  /** Ignores members that are not ids, if at least one is an id. */
  test_case_ids: z.pipe(
    z._default(z.set(z.unknown()), new Set()).check(z.refine(hasIds)),
    z.transform(idsIn),
  ),
});
export type TestCaseManifest = z.infer<typeof TestCaseManifest>;

/** The part of a stored test case that readers see. */
export const StoredTestCaseView = z.omit(TestCase, { problem: true });

/** Body of `PUT /problems/{id}/testcases/{tc}/`. */
export const TestCaseInput = z.object({ input: BodyText, output: BodyText });
export type TestCaseInput = z.infer<typeof TestCaseInput>;

/** Body of `POST /problems/{id}/testcases/`: one test case, or a list of up to 100. */
export const OneOrManyTestCases = z.union([
  TestCaseInput,
  z.array(TestCaseInput).check(z.minLength(1), z.maxLength(TEST_CASES_AT_ONCE)),
]);
