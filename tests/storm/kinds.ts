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

interface Kind {
  /** Frequency relative to the others. */
  weight: number;
  /** Undefined when there is nothing that could be written to that way just now. */
  write: (desk: Desk) => Promise<Written | undefined>;
}

/** Every kind of write of the contract, and changes that it knows nothing of. */
export const kinds = {
  create: { weight: 4, write: createProblem },
  rename: { weight: 10, write: renameProblem },
  move: { weight: 6, write: moveProblem },
  complete: { weight: 8, write: flipProblem },
  "delete or restore": { weight: 7, write: deleteOrRestoreProblem },
  rewrite: { weight: 6, write: rewriteProblem },
  "add test cases": { weight: 8, write: addTestCases },
  "change test case": { weight: 7, write: changeTestCase },
  "remove test case": { weight: 4, write: removeTestCase },
  execution: { weight: 20, write: recordExecution },
  visibility: { weight: 7, write: flipVisibility },
  hints: { weight: 7, write: writeHints },
  "change directly": { weight: 6, write: changeDirectly },
  "insert directly": { weight: 4, write: insertDirectly },
  "remove directly": { weight: 4, write: removeDirectly },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

const allKinds = Object.keys(kinds) as KindName[];

/** The writes that the contract has. */
export const contractKinds = allKinds.filter((kind) => !kind.endsWith(" directly"));

/** One write of some kind; another kind is tried where there is nothing to write to. */
export async function writeSomething(
  desk: Desk,
  among: readonly KindName[] = allKinds,
): Promise<Written & { kind: KindName }> {
  const sum = among.reduce((total, kind) => total + kinds[kind].weight, 0);
  for (;;) {
    let place = desk.random() * sum;
    const kind = among.find((each) => (place -= kinds[each].weight) < 0) as KindName;
    const written = await kinds[kind].write(desk);
    if (written) return { kind, ...written };
  }
}
