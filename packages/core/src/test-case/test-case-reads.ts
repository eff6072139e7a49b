import { readAttributes } from "../table/attributes.ts";
import type { Database, Item } from "../table/database.ts";
import { type Key, keys, pks } from "../table/keys.ts";
import { parseEach, query } from "../table/read-items.ts";
import type { TestCaseView } from "./test-case.answers.ts";
import { StoredTestCaseView, TestCaseManifest } from "./test-case.ts";

/** A problem's test cases, oldest first; empty if there is no such problem. */
export async function listTestCases(db: Database, problemId: number): Promise<TestCaseView[]> {
  const items = await query(db, { pk: pks.testCases(problemId), prefix: "TESTCASE" });
  const key = keys.testCases(problemId);
  const manifest = items.find(({ sk }) => sk === key.sk);
  const stored = items.filter((item) => item !== manifest);
  const live = liveIds(db, problemId, manifest) ?? new Set(stored.map(idOfTestCase));
  const cases = stored.filter((item) => live.has(idOfTestCase(item)));
  const isOwn = ({ id }: TestCaseView, own: Key) => id === idOfTestCase(own);
  return parseEach(db, cases, StoredTestCaseView, isOwn).filter(
    (testCase) => testCase !== undefined,
  );
}

/** The ids of the test cases that readers see; undefined if the manifest cannot be read. */
export function liveIds(
  db: Database,
  problem: number,
  manifest: Item | undefined,
): ReadonlySet<number> | undefined {
  if (manifest === undefined) return new Set();
  const own = { problem };
  const { row, unreadable } = readAttributes(db, manifest, TestCaseManifest, { own, blank: {} });
  return unreadable.has("test_case_ids") ? undefined : row.test_case_ids;
}

export const idOfTestCase = ({ sk }: Key): number => Number(sk.slice(sk.indexOf("#") + 1));
