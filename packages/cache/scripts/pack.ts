import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Run by `npm pack` before and after it packs. In the workspace the package consists of its TypeScript sources; installed
 * elsewhere it must be JavaScript, since Node strips no types below node_modules. So while npm packs, the sources are compiled
 * to `dist` and the manifest points there.
 */
const ROOT = join(import.meta.dirname, "..");
const MANIFEST = join(ROOT, "package.json");
const KEPT_MANIFEST = join(ROOT, "package.json.kept");
const DIST = join(ROOT, "dist");
const LICENSE = join(ROOT, "LICENSE");

interface Manifest {
  exports: Record<string, string>;
  browser: Record<string, string>;
  scripts?: unknown;
  devDependencies?: unknown;
  [field: string]: unknown;
}

function readManifest(): Manifest {
  return JSON.parse(readFileSync(MANIFEST, "utf8")) as Manifest;
}

function prepack(): void {
  postpack();
  execFileSync("tsc", ["-p", join(ROOT, "tsconfig.build.json")], { stdio: "inherit" });
  copyFileSync(join(ROOT, "../../LICENSE"), LICENSE);
  copyFileSync(MANIFEST, KEPT_MANIFEST);
  const { scripts: _scripts, devDependencies: _development, ...manifest } = readManifest();
  const exports = Object.entries(manifest.exports).map(([name, source]) => [
    name,
    compiled(source),
  ]);
  const browser = Object.entries(manifest.browser).map(([name, source]) => [name, built(source)]);
  const packed = {
    ...manifest,
    exports: Object.fromEntries(exports),
    browser: Object.fromEntries(browser),
  };
  writeFileSync(MANIFEST, `${JSON.stringify(packed, null, 2)}\n`);
}

function compiled(source: string): string | { types: string; default: string } {
  if (!source.endsWith(".ts")) return source;
  const file = built(source);
  return { types: file.replace(/\.js$/, ".d.ts"), default: file };
}

function built(source: string): string {
  return source.replace("./src/", "./dist/").replace(/\.ts$/, ".js");
}

/** Restores everything; also after an earlier run that was interrupted. */
function postpack(): void {
  if (existsSync(KEPT_MANIFEST)) renameSync(KEPT_MANIFEST, MANIFEST);
  rmSync(DIST, { recursive: true, force: true });
  rmSync(LICENSE, { force: true });
}

/** Fields of the manifest whose values this repository cannot know. */
const OWNERS_FIELDS = ["repository", "homepage", "bugs"];

/** A registry resolves relative links and proves the origin of a package only if it knows the repository. */
function prepublishOnly(): void {
  const manifest = readManifest();
  const missing = OWNERS_FIELDS.filter((name) => manifest[name] === undefined);
  if (missing.length === 0) return;
  process.stderr.write(
    `packages/cache/package.json lacks ${missing.join(", ")}: docs/contributing.md, "A release of the library", explains it\n`,
  );
  process.exitCode = 1;
}

const steps: Record<string, () => void> = { prepack, postpack, prepublishOnly };
steps[process.argv[2] ?? ""]?.();
