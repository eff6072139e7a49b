import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Mutant } from "./mutant.ts";
import type { RunReport } from "./report.ts";
import { applyPatch, copyTree } from "./tree-copy.ts";
import { judgePatched, judgeUnpatched, type Outcome, type Verdict } from "./verdict.ts";
import { type TestRuns, testRuns } from "./vitest-process.ts";

/** Time limit of one mutant's test run in ms: a minute. */
const MUTANT_LIMIT_MS = 60_000;

/** Time limit of the run of all named tests in the unpatched tree in ms: 10 minutes. */
const UNPATCHED_LIMIT_MS = 600_000;

export interface MutantResult extends Verdict {
  readonly name: string;
  readonly seconds: number;
  /** Outcome of the first try, if there was a second one. */
  readonly first?: Outcome;
}

export interface TryOptions {
  /** Highest number of copies of the tree, each with one test run at a time. Default: one more than cores, since runs wait. */
  readonly copies?: number;
  /** Called with each result, in the order in which they come. */
  readonly onResult?: (result: MutantResult) => void;
}

/** Outcomes that a busy machine can cause: the same mutant is tried again, with nothing else running. */
const CHANCE: readonly Outcome[] = ["survived", "fails unpatched", "breaks the run"];

/** Applies each mutant to a copy of the tree and runs its test there; the tree itself is not changed. */
export async function tryMutants(
  root: string,
  mutants: readonly Mutant[],
  { copies: most = availableParallelism() + 1, onResult }: TryOptions = {},
): Promise<MutantResult[]> {
  const results: MutantResult[] = [];
  const again: { mutant: Mutant; first: Outcome }[] = [];
  const add = (result: MutantResult) => {
    results.push(result);
    onResult?.(result);
  };
  const addFirst = (mutant: Mutant, result: Omit<MutantResult, "name">) => {
    if (CHANCE.includes(result.outcome)) again.push({ mutant, first: result.outcome });
    else add({ name: mutant.name, ...result });
  };
  const trees = await Promise.all(
    Array.from({ length: Math.min(most, mutants.length) }, () => copyTree(root)),
  );
  const removeTrees = () => {
    for (const tree of trees) rmSync(tree, { recursive: true, force: true });
  };
  process.once("exit", removeTrees);
  const copies = trees.map((tree): Copy => ({ tree, runs: testRuns(tree) }));
  try {
    const [first] = copies;
    if (first === undefined) return results;
    const all = { tests: mutants, projects: [], changed: [] };
    const unpatched = await first.runs.run(all, UNPATCHED_LIMIT_MS);
    const queue: Mutant[] = [];
    for (const mutant of mutants) {
      const verdict = judgeUnpatched(unpatched, mutant);
      if (verdict) addFirst(mutant, { seconds: 0, ...verdict });
      else queue.push(mutant);
    }
    const work = async (copy: Copy) => {
      for (let mutant = queue.shift(); mutant; mutant = queue.shift())
        addFirst(
          mutant,
          await timed(() => patchedVerdict(copy, mutant, projectsOf(unpatched, mutant))),
        );
    };
    await Promise.all(copies.map(work));
    for (const { mutant, first: outcome } of again)
      add({
        name: mutant.name,
        first: outcome,
        ...(await timed(() => aloneVerdict(first, mutant))),
      });
    return results;
  } finally {
    for (const { runs } of copies) runs.close();
    removeTrees();
    process.removeListener("exit", removeTrees);
  }
}

/** A copy of the tree, and the process that runs its tests. */
interface Copy {
  readonly tree: string;
  readonly runs: TestRuns;
}

async function timed(judge: () => Promise<Verdict>): Promise<Verdict & { seconds: number }> {
  const startMs = performance.now();
  const verdict = await judge();
  return { seconds: Math.round((performance.now() - startMs) / 100) / 10, ...verdict };
}

/** Runs a mutant's test without the patch, then with it. */
async function aloneVerdict(copy: Copy, mutant: Mutant): Promise<Verdict> {
  const alone = { tests: [mutant], projects: [], changed: [] };
  const unpatched = await copy.runs.run(alone, MUTANT_LIMIT_MS);
  return (
    judgeUnpatched(unpatched, mutant) ??
    (await patchedVerdict(copy, mutant, projectsOf(unpatched, mutant)))
  );
}

/** Vitest's projects that contain the mutant's test; none if the configuration defines no projects. */
function projectsOf({ tests }: RunReport, mutant: Mutant): string[] {
  const names = tests.filter(({ file }) => file === mutant.test).map(({ project }) => project);
  return [...new Set(names)].filter((name) => name !== "");
}

async function patchedVerdict(
  { tree, runs }: Copy,
  mutant: Mutant,
  projects: readonly string[],
): Promise<Verdict> {
  try {
    await applyPatch(tree, mutant.patch);
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    return { outcome: "does not apply", detail: (stderr ?? String(error)).trim() };
  }
  try {
    const request = { tests: [mutant], projects, changed: mutant.files };
    const report = await runs.run(request, MUTANT_LIMIT_MS);
    return judgePatched(report, mutant);
  } finally {
    await applyPatch(tree, mutant.patch, { reverse: true });
  }
}
