import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readlink, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Caches of test runs: each copy has separate ones. */
const RUN_CACHES = /^\.vite/;

/** Copies the current files of a Git checkout, without ignored files, into a new temporary folder. */
export async function copyTree(root: string): Promise<string> {
  const copy = await mkdtemp(path.join(tmpdir(), "mutants-"));
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = await run("git", list, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  const files = [...new Set(stdout.split("\0"))].filter((file) => file !== "");
  for (const folder of new Set(files.map((file) => path.dirname(file))))
    await mkdir(path.join(copy, folder), { recursive: true });
  await Promise.all(files.map((file) => copyIfThere(path.join(root, file), path.join(copy, file))));
  // Versions that one workspace needs for itself are installed beside its package.json.
  const packages = files.filter((file) => path.basename(file) === "package.json");
  for (const folder of packages.map((file) => path.join(path.dirname(file), "node_modules")))
    await linkPackages(path.join(root, folder), path.join(copy, folder));
  return copy;
}

/** A file that was deleted and not committed is still in Git's list. */
async function copyIfThere(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

/** Links installed packages, if there are any; the links to the workspace's own packages lead into the copy. */
async function linkPackages(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (RUN_CACHES.test(entry.name)) continue;
    if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (entry.name.startsWith("@")) await linkPackages(source, target);
    else await symlink(source, target);
  }
}

/** Lines on either side of a change that must equal the patch's: edits further away leave it valid. */
const CONTEXT = "-C1";

/** Otherwise Git finds a repository above the copy, and skips files outside of it. */
const gitEnvironment = (tree: string) => ({
  ...process.env,
  GIT_CEILING_DIRECTORIES: path.dirname(tree),
});

/** Those of the patches that do not apply to a tree; the tree is not changed. */
export async function misfits(tree: string, patches: readonly string[]): Promise<string[]> {
  // Git checks each patch of a command separately.
  const fit = (some: readonly string[]) =>
    run("git", ["apply", "--check", CONTEXT, ...some], {
      cwd: tree,
      env: gitEnvironment(tree),
    }).then(
      () => true,
      () => false,
    );
  if (await fit(patches)) return [];
  if (patches.length === 1) return [...patches];
  const half = Math.ceil(patches.length / 2);
  const parts = [patches.slice(0, half), patches.slice(half)];
  return (await Promise.all(parts.map((part) => misfits(tree, part)))).flat();
}

/** Applies a patch to a copy, or reverts it; rejects with git's message if it does not apply. */
export async function applyPatch(
  copy: string,
  patch: string,
  { reverse = false } = {},
): Promise<void> {
  await run("git", ["apply", CONTEXT, ...(reverse ? ["--reverse"] : []), patch], {
    cwd: copy,
    env: gitEnvironment(copy),
  });
}
