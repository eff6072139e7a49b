import { isVisible } from "../problem/problem.ts";
import type { Source } from "../source.ts";
import { entityTag, withValidators } from "../validators.ts";

/** Loads of a problem's test cases: a separate module, because hits do not need it. */
export async function loadTestCases(
  { problem: id, admin }: { problem: number; admin: boolean },
  source: Source,
) {
  const { problems, testCases } = await source.tables();
  const [problem, cases] = await Promise.all([problems.get(id), testCases.list(id)]);
  if (!problem || !isVisible(problem, admin)) return undefined;
  // Without a date: the problem's date is not that of its test cases.
  return withValidators(cases, { tag: entityTag(cases), modifiedMs: undefined });
}
