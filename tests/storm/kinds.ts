import { insertDirectly, removeDirectly } from "./direct-items.ts";
import { changeDirectly } from "./direct-writes.ts";
import type { Desk, Written } from "./desk.ts";
import { flipVisibility, recordExecution, writeHints } from "./random-execution-writes.ts";
import {
  createProblem,
  deleteOrRestoreProblem,
  flipProblem,
  moveProblem,
  renameProblem,
  rewriteProblem,
} from "./random-problem-writes.ts";
import { addTestCases, changeTestCase, removeTestCase } from "./random-test-case-writes.ts";

/** Undefined when no item can be written in that way at the moment. */
type Kind = (desk: Desk) => Promise<Written | undefined>;

/** Every kind of write in the contract, and changes directly in the table. */
export const kinds = {
  create: createProblem,
  rename: renameProblem,
  move: moveProblem,
  complete: flipProblem,
  "delete or restore": deleteOrRestoreProblem,
  rewrite: rewriteProblem,
  "add test cases": addTestCases,
  "change test case": changeTestCase,
  "remove test case": removeTestCase,
  execution: recordExecution,
  visibility: flipVisibility,
  hints: writeHints,
  "change directly": changeDirectly,
  "insert directly": insertDirectly,
  "remove directly": removeDirectly,
} satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

const allKinds = Object.keys(kinds) as KindName[];

/** The writes in the contract. */
export const contractKinds = allKinds.filter((kind) => !kind.endsWith(" directly"));

/** Makes one write of a random kind; another kind is tried when that one has no item to write. */
export async function writeSomething(
  desk: Desk,
  among: readonly KindName[] = allKinds,
): Promise<Written & { kind: KindName }> {
  const { weights } = desk.mix;
  const sum = among.reduce((total, kind) => total + (weights[kind] ?? 0), 0);
  for (;;) {
    let place = desk.random() * sum;
    const kind = among.find((each) => (place -= weights[each] ?? 0) < 0) as KindName;
    const written = await kinds[kind](desk);
    if (written) return { kind, ...written };
  }
}
