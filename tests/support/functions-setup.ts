import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { timeoutSeconds } from "@algoitny/functions/deployment/timeouts";
import { build } from "esbuild";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** `file:` URL of the folder with all functions' modules, for the clouds of tests. */
    functions: string;
  }
}

const ROOT = path.join(import.meta.dirname, "../..");
const SOURCE = path.join(ROOT, "packages/functions/src");
const BUNDLES = path.join(ROOT, "dist/functions");

const HOUR_MS = 60 * 60 * 1000;

/** Bundles the functions once per run: a thread loads the bundles in half of the time that their sources take. */
export default async function setup(project: TestProject): Promise<void> {
  const files = await bundleFunctions();
  const hash = createHash("sha256");
  for (const { name, contents } of files) hash.update(`${name}\0`).update(contents);
  // Named after the content, so that all runs share the compiled code: Node's compile cache also uses the file name.
  const folder = path.join(BUNDLES, hash.digest("hex").slice(0, 16));
  await mkdir(BUNDLES, { recursive: true });
  if (existsSync(folder)) await utimes(folder, new Date(), new Date());
  else await writeFolder(folder, files);
  await removeOld(folder);
  project.provide("functions", `${pathToFileURL(folder).href}/`);
}

interface BundledFile {
  name: string;
  contents: Uint8Array;
}

async function bundleFunctions(): Promise<BundledFile[]> {
  const { outputFiles } = await build({
    entryPoints: globSync(`{${Object.keys(timeoutSeconds).join(",")}}/*.ts`, { cwd: SOURCE }),
    absWorkingDir: SOURCE,
    outbase: SOURCE,
    outdir: BUNDLES,
    // Workers of the cloud import `<file>.ts`, from bundles as from sources.
    outExtension: { ".js": ".ts" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node24",
    // As in SST's bundles: ECMAScript modules where a package has both formats.
    mainFields: ["module", "main"],
    keepNames: true,
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    write: false,
  });
  return outputFiles
    .map(({ path: file, contents }) => ({ name: path.relative(BUNDLES, file), contents }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Writes all or nothing: another run may be writing the same files. */
async function writeFolder(folder: string, files: readonly BundledFile[]): Promise<void> {
  const unfinished = await mkdtemp(`${folder}-`);
  for (const { name, contents } of files) {
    const file = path.join(unfinished, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, contents);
  }
  await rename(unfinished, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(unfinished, { recursive: true });
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
}

/** Removes bundles of earlier code, except those that a run may still use. */
async function removeOld(current: string): Promise<void> {
  for (const name of await readdir(BUNDLES)) {
    const folder = path.join(BUNDLES, name);
    // Another run may just have renamed what it had written.
    const mtimeMs = await stat(folder).then(
      (found) => found.mtimeMs,
      () => Date.now(),
    );
    if (folder !== current && Date.now() - mtimeMs > HOUR_MS)
      await rm(folder, { recursive: true, force: true });
  }
}
