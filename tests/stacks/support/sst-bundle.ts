import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { build, type Metafile } from "esbuild";
import { ROOT } from "./platform.ts";

export type { Metafile } from "esbuild";

/** `nodejs` of a function, as SST's CLI gets it. */
export interface BundleSettings {
  format?: "esm" | "cjs";
  minify?: boolean;
  splitting?: boolean;
}

/** What SST puts before each bundle, so that CommonJS inside of it finds its globals. */
const BANNER = [
  "import { createRequire as topLevelCreateRequire } from 'module';",
  "const require = topLevelCreateRequire(import.meta.url);",
  'import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"',
  "const __filename = topLevelFileUrlToPath(import.meta.url)",
  'const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))',
].join("\n");

/**
 * Builds a handler as SST's CLI does for nodejs24.x, into `folder/bundle.mjs` and chunks beside it; returns the files
 * of their source maps.
 * Source: https://github.com/anomalyco/sst/blob/dev/pkg/runtime/node/build.go
 */
export async function bundleFunction(
  handler: string,
  { minify = false, splitting = false }: BundleSettings,
  folder: string,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [path.join(ROOT, handler.replace(/\.\w+$/, ".ts"))],
    platform: "node",
    external: ["sharp", "pg-native"],
    keepNames: true,
    bundle: true,
    splitting,
    format: "esm",
    target: "es2024",
    mainFields: ["module", "main"],
    banner: { js: BANNER },
    outdir: folder,
    entryNames: "bundle",
    outExtension: { ".js": ".mjs" },
    minify,
    sourcemap: "linked",
    metafile: true,
    logLevel: "silent",
  });
  await writeFile(metafileOf(folder), JSON.stringify(metafile));
  const files = Object.keys(metafile.outputs).map((file) => path.resolve(ROOT, file));
  return files.filter((file) => file.endsWith(".map"));
}

/** Beside the folder, as what lies in it is deployed. */
const metafileOf = (folder: string): string => `${folder}.meta.json`;

export function readMetafile(folder: string): Metafile {
  return JSON.parse(readFileSync(metafileOf(folder), "utf8")) as Metafile;
}

/** All that a file of a bundle loads with it, by `import` statements: sources and size. */
export function closureOf(
  { outputs }: Metafile,
  file: string,
): { inputs: string[]; bytes: number } {
  const byName = new Map(
    Object.entries(outputs).map(([name, output]) => [path.basename(name), output]),
  );
  const reached = new Set<string>();
  const visit = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    const eager = byName.get(name)?.imports.filter(({ kind }) => kind === "import-statement") ?? [];
    for (const { path: target, external } of eager) if (!external) visit(path.basename(target));
  };
  visit(file);
  const loaded = [...reached].flatMap((name) => byName.get(name) ?? []);
  return {
    inputs: loaded.flatMap((output) => Object.keys(output.inputs)),
    bytes: loaded.reduce((sum, output) => sum + output.bytes, 0),
  };
}
