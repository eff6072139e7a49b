import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { bundling } from "@algoitny/functions/deployment/bundling";
import { buildFunction } from "@algoitny/ops/trace/build";
import { ROOT } from "./recorded.ts";

/** A bundle on disk, as SST makes it. */
export interface Built {
  /** Path of `bundle.mjs`. */
  readonly file: string;
  /** Code that the bundle's import evaluates, before any `import()`. */
  readonly eagerBytes: number;
  readonly allBytes: number;
  /** Eager bytes by package. */
  readonly shares: ReadonlyMap<string, number>;
}

/** Bundles a module of this repository into a folder. */
export async function bundleTo(folder: string, module: string): Promise<Built> {
  const built = await buildFunction({ root: ROOT, handler: module, settings: bundling, folder });
  await mkdir(folder, { recursive: true });
  await Promise.all(built.outputFiles.map(({ path: file, contents }) => writeFile(file, contents)));
  const { outputs } = built.metafile;
  const entry = Object.keys(outputs).find((name) => path.basename(name) === "bundle.mjs");
  const eager = new Set<string>();
  const waiting = [entry];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (eager.has(name)) continue;
    eager.add(name);
    for (const { kind, path: imported } of outputs[name]?.imports ?? [])
      if (kind === "import-statement" && imported in outputs) waiting.push(imported);
  }
  const shares = new Map<string, number>();
  let eagerBytes = 0;
  for (const name of eager) {
    const { bytes = 0, inputs = {} } = outputs[name] ?? {};
    eagerBytes += bytes;
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const owner = ownerOf(input);
      shares.set(owner, (shares.get(owner) ?? 0) + bytesInOutput);
    }
  }
  const allBytes = built.outputFiles.reduce((sum, { contents }) => sum + contents.length, 0);
  return { file: path.join(folder, "bundle.mjs"), eagerBytes, allBytes, shares };
}

function ownerOf(input: string): string {
  const npm = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
  return npm ?? /packages\/([^/]+)/.exec(input)?.[1] ?? "entry";
}
