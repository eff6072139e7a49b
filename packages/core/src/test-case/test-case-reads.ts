import type { Database } from "../table/database.ts";
import { keys, pks } from "../table/keys.ts";
import { parseEach, query } from "../table/read-items.ts";
import { TestCaseManifest, TestCaseView } from "./test-case.ts";

/** A problem's test cases, oldest first; none when there is no such problem. */
export async function listTestCases(db: Database, problemId: number): Promise<TestCaseView[]> {
  const items = await query(db, { pk: pks.testCases(problemId), prefix: "TESTCASE" });
  const manifest = items.find(({ sk }) => sk === keys.testCases(problemId).sk);
  const { test_case_ids: live } = TestCaseManifest.parse(manifest ?? { problem: problemId });
  const cases = items.filter((item) => item !== manifest && live.has(Number(item["id"])));
  return parseEach(db, cases, TestCaseView).filter((testCase) => testCase !== undefined);
}
