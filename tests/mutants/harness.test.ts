import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readMutants, selectMutants } from "./mutant.ts";
import { misfits } from "./tree-copy.ts";
import { type MutantResult, tryMutants } from "./try-mutants.ts";

const SOURCE = `/** Adds. */
export function add(left: number, right: number): number {
  return left + right;
}
`;

const TEST = `import { existsSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { add } from "../src/add.ts";
test("adds", () => expect(add(1, 1)).toBe(2));
test("adds to zero", () => expect(add(1, 0)).toBe(1));
test("fails", () => expect(add(1, 1)).toBe(3));
test("looks as before", () => expect(add(1, 1)).toMatchInlineSnapshot("2"));
test("is late at first", () => {
  const wasHere = existsSync("was-here");
  writeFileSync("was-here", "");
  expect([wasHere, add(1, 1)]).toEqual([true, 2]);
});
`;

const CONFIG = `export default { test: { include: ["tests/*.test.ts"] } };`;

/** A patch that replaces the line of the sum. */
const patchOf = (
  title: string,
  now: string,
  { before = "  return left + right;", comment = "/** Adds. */" } = {},
) =>
  `Plants a bug.

Test: tests/add.test.ts
Title: ${title}

diff --git a/src/add.ts b/src/add.ts
--- a/src/add.ts
+++ b/src/add.ts
@@ -1,4 +1,4 @@
 ${comment}
 export function add(left: number, right: number): number {
-${before}
+${now}
 }
`;

const PATCHES = {
  "killed/by-an-assertion": patchOf("adds", "  return left - right;"),
  "killed/by-a-snapshot": patchOf("looks as before", "  return left - right;"),
  "killed/at-the-second-try": patchOf("is late at first", "  return left - right;"),
  "killed/beside-an-edited-comment": patchOf("adds", "  return left - right;", {
    comment: "// Sum.",
  }),
  "survived/without-an-effect": patchOf("adds", "  return right + left;"),
  "survived/seen-by-another-test-alone": patchOf("adds to zero", "  return left - right;"),
  "broken/does-not-parse": patchOf("adds", "  return left + ;"),
  "broken/throws": patchOf("adds", "  throw new Error(`${left}${right}`);"),
  "stale/source-has-changed": patchOf("adds", "  return left - right;", { before: "  return 0;" }),
  "stale/test-is-gone": patchOf("subtracts", "  return left - right;"),
  "stale/test-fails-anyway": patchOf("fails", "  return left - right;"),
};

let root: string;
let results: MutantResult[];

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "mutants-test-"));
  const files: Record<string, string> = {
    "src/add.ts": SOURCE,
    "tests/add.test.ts": TEST,
    "tests/vitest.config.ts": CONFIG,
    "package.json": "{}",
    ".gitignore": "node_modules",
  };
  for (const [name, text] of Object.entries(PATCHES)) files[`patches/${name}.patch`] = text;
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  await symlink(
    path.resolve(import.meta.dirname, "../../node_modules"),
    path.join(root, "node_modules"),
  );
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  const mutants = await readMutants(path.join(root, "patches"));
  results = await tryMutants(root, mutants, { copies: 2 });
});

afterAll(() => rm(root, { recursive: true, force: true }));

test.for([
  ["killed/by-an-assertion", "killed"],
  ["killed/by-a-snapshot", "killed"],
  ["killed/beside-an-edited-comment", "killed"],
  ["survived/without-an-effect", "survived"],
  ["survived/seen-by-another-test-alone", "survived"],
  ["broken/does-not-parse", "breaks the run"],
  ["broken/throws", "breaks the run"],
  ["stale/source-has-changed", "does not apply"],
  ["stale/test-is-gone", "no such test"],
  ["stale/test-fails-anyway", "fails unpatched"],
])("the patch %s is reported: %s", ([name, outcome]) => {
  expect(results.find((result) => result.name === name)).toMatchObject({ outcome });
});

test("a result that a busy machine may have caused is tried again alone", () => {
  const result = results.find(({ name }) => name === "killed/at-the-second-try");
  expect(result).toMatchObject({ outcome: "killed", first: "fails unpatched" });
});

test("every patch is reported once, and the tree keeps its files", async () => {
  expect(results.map(({ name }) => name).toSorted()).toEqual(Object.keys(PATCHES).toSorted());
  expect(await readFile(path.join(root, "src/add.ts"), "utf8")).toBe(SOURCE);
});

test("patches that do not apply to the tree are found at once", async () => {
  const mutants = await readMutants(path.join(root, "patches"));
  const patches = mutants.map(({ patch }) => patch);
  expect(await misfits(root, patches)).toEqual(
    mutants.filter(({ name }) => name === "stale/source-has-changed").map(({ patch }) => patch),
  );
});

test("patches are selected by name or folder, and an unknown name is refused", async () => {
  const mutants = await readMutants(path.join(root, "patches"));
  const names = (...selection: string[]) =>
    selectMutants(mutants, selection).map(({ name }) => name);
  expect(names("survived", "broken/throws")).toHaveLength(3);
  expect(names()).toHaveLength(Object.keys(PATCHES).length);
  expect(() => names("surv")).toThrow('unknown mutant "surv"');
});

test("a patch without a test is refused", async () => {
  const folder = await mkdtemp(path.join(root, "incomplete-"));
  await writeFile(path.join(folder, "a.patch"), "Plants a bug.\n\ndiff --git a/a b/a\n");
  await expect(readMutants(folder)).rejects.toThrow('a.patch: add a line "Test: …" above the diff');
});
