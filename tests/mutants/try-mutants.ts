import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Mutant } from "./mutant.ts";
import type { RunReport } from "./report.ts";
import { runTests } from "./run-tests.ts";
import { applyPatch, copyTree } from "./tree-copy.ts";
import { judgePatched, judgeUnpatched, type Verdict } from "./verdict.ts";

/** Time limit of one mutant's test run in ms: a minute, vitest's start included. */
const MUTANT_LIMIT_MS = 60_000;

/** Time limit of the run of all named tests in the unpatched tree in ms: 10 minutes. */
const UNPATCHED_LIMIT_MS = 600_000;

export interface MutantResult extends Verdict {
  readonly name: string;
  readonly seconds: number;
}

export interface TryOptions {
  /** Most copies of the tree, each with one test run at a time. Default: one a core. */
  readonly copies?: number;
  /** Called with each result, in the order in which they come. */
  readonly onResult?: (result: MutantResult) => void;
}

/** Applies each mutant to a copy of the tree and runs its test there; the tree itself is not changed. */
export async function tryMutants(
  root: string,
  mutants: readonly Mutant[],
  { copies: most = availableParallelism(), onResult }: TryOptions = {},
): Promise<MutantResult[]> {
  const results: MutantResult[] = [];
  const add = (result: MutantResult) => {
    results.push(result);
    onResult?.(result);
  };
  const copies = await Promise.all(
    Array.from({ length: Math.min(most, mutants.length) }, () => copyTree(root)),
  );
  const removeCopies = () => {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  };
  process.once("exit", removeCopies);
  try {
    const [first] = copies;
    if (first === undefined) return results;
    const unpatched = await runTests(first, mutants, { limitMs: UNPATCHED_LIMIT_MS });
    const queue: Mutant[] = [];
    for (const mutant of mutants) {
      const verdict = judgeUnpatched(unpatched, mutant);
      if (verdict) add({ name: mutant.name, seconds: 0, ...verdict });
      else queue.push(mutant);
    }
    const work = async (copy: string) => {
      for (let mutant = queue.shift(); mutant; mutant = queue.shift())
        add(await tryMutant(copy, mutant, projectsOf(unpatched, mutant)));
    };
    await Promise.all(copies.map(work));
    return results;
  } finally {
    removeCopies();
    process.removeListener("exit", removeCopies);
  }
}

async function tryMutant(
  copy: string,
  mutant: Mutant,
  projects: readonly string[],
): Promise<MutantResult> {
  const startMs = performance.now();
  const verdict = await patchedVerdict(copy, mutant, projects);
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  return { name: mutant.name, seconds, ...verdict };
}

/** Vitest's projects that have the mutant's test, if it has any. */
function projectsOf({ tests }: RunReport, mutant: Mutant): string[] {
  const names = tests.filter(({ file }) => file === mutant.test).map(({ project }) => project);
  return [...new Set(names)].filter((name) => name !== "");
}

async function patchedVerdict(
  copy: string,
  mutant: Mutant,
  projects: readonly string[],
): Promise<Verdict> {
  try {
    await applyPatch(copy, mutant.patch);
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    return { outcome: "does not apply", detail: (stderr ?? String(error)).trim() };
  }
  try {
    const report = await runTests(copy, [mutant], { limitMs: MUTANT_LIMIT_MS, projects });
    return judgePatched(report, mutant);
  } finally {
    await applyPatch(copy, mutant.patch, { reverse: true });
  }
}
