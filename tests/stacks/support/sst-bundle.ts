import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { buildFunction, type BundleSettings } from "@algoitny/ops/trace/build";
import type { Metafile } from "esbuild";
import { ROOT } from "./platform.ts";

export type { Metafile } from "esbuild";

/** Builds a handler into `folder`, as SST's CLI does; returns the files of its source maps. */
export async function bundleFunction(
  handler: string,
  settings: BundleSettings,
  folder: string,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const { metafile, outputFiles } = await buildFunction({ root: ROOT, handler, settings, folder });
  await Promise.all([
    writeFile(metafileOf(folder), JSON.stringify(metafile)),
    ...outputFiles.map((file) => writeFile(file.path, file.contents)),
  ]);
  return outputFiles.map((file) => file.path).filter((file) => file.endsWith(".map"));
}
/** Beside the folder, because its files are deployed. */
const metafileOf = (folder: string): string => `${folder}.meta.json`;

export function readMetafile(folder: string): Metafile {
  return JSON.parse(readFileSync(metafileOf(folder), "utf8")) as Metafile;
}

/** Everything that a file of a bundle loads by `import` statements: sources and size. */
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
