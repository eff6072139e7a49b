import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

/** A planted bug: a patch, and the test that has to fail with it. */
export interface Mutant {
  /** Path of the patch without its ending: `cache/l1/a-held-entry-is-not-validated`. */
  readonly name: string;
  /** Absolute path of the patch. */
  readonly patch: string;
  /** Paths of the files that it changes, from the root of the tree. */
  readonly files: readonly string[];
  /** Path of the test file, from the root of the tree. */
  readonly test: string;
  /** The test's title, or a part of it. */
  readonly title: string;
}

/** Reads every patch below a folder, in the order of their names. */
export async function readMutants(folder: string): Promise<Mutant[]> {
  const files = globSync("**/*.patch", { cwd: folder }).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const patch = path.join(folder, file);
      const text = await readFile(patch, "utf8");
      const [header = ""] = text.split(/^diff --git /m);
      const field = (name: string) => {
        const value = new RegExp(`^${name}: (.+)$`, "m").exec(header)?.[1];
        if (value === undefined) throw new Error(`${file}: add a line "${name}: …" above the diff`);
        return value.trim();
      };
      const name = file.replace(/\.patch$/, "");
      const changed = [...text.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(
        ([, changedFile = ""]) => changedFile,
      );
      return { name, patch, files: changed, test: field("Test"), title: field("Title") };
    }),
  );
}

/** Selects mutants by name or by folder (`cache/l1`); without names, all of them. */
export function selectMutants(mutants: readonly Mutant[], names: readonly string[]): Mutant[] {
  const isNamed = (mutant: Mutant, name: string) =>
    mutant.name === name || mutant.name.startsWith(`${name}/`);
  for (const name of names) {
    if (!mutants.some((mutant) => isNamed(mutant, name)))
      throw new Error(`unknown mutant "${name}": name a patch or a folder of tests/mutants`);
  }
  if (names.length === 0) return [...mutants];
  return mutants.filter((mutant) => names.some((name) => isNamed(mutant, name)));
}
