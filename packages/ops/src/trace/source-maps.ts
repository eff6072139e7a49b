import { SourceMap } from "node:module";
import path from "node:path";
import { bundling } from "@algoitny/functions/deployment/bundling";
import type { Metafile } from "esbuild";
import { buildFunction } from "./build.ts";

/** A place in a source file; lines and columns begin with 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

export interface SourceMaps {
  /** Every file of the bundle, named as in the deployed function. */
  files: ReadonlySet<string>;
  /** Finds where in the sources a place of a bundled file comes from; undefined for code that the bundler added. */
  find: (bundled: Place) => Place | undefined;
}

/**
 * Builds a function twice, as it is deployed and with source maps. A chunk's name is a hash of its contents, including
 * its map, so the names of the two builds differ.
 */
export async function loadSourceMaps(root: string, file: string): Promise<SourceMaps> {
  const folder = path.join(root, "dist/trace");
  const handler = `packages/functions/src/${file}.handler`;
  const [deployed, mapped] = await Promise.all([
    buildFunction({ root, handler, folder, settings: bundling }),
    buildFunction({
      root,
      handler,
      folder,
      settings: { ...bundling, esbuild: { sourcemap: "external" } },
    }),
  ]);
  const texts = new Map(
    mapped.outputFiles.map((output) => [path.basename(output.path), output.text]),
  );
  const mappedNames = new Map(namesByContents(mapped.metafile));
  const names = namesByContents(deployed.metafile);
  const maps = new Map(
    names.flatMap(([contents, name]) => {
      const text = texts.get(`${mappedNames.get(contents)}.map`);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );

  return {
    files: new Set(names.map(([, name]) => name)),
    find({ file: name, line, column }) {
      const text = maps.get(name);
      if (text === undefined) return undefined;
      const entry = new SourceMap(JSON.parse(text)).findEntry(line - 1, column - 1);
      if (!("originalSource" in entry)) return undefined;
      return {
        file: path.relative(root, path.resolve(folder, entry.originalSource)),
        line: entry.originalLine + 1,
        column: entry.originalColumn + 1,
      };
    },
  };
}

/** Names of a bundle's files by their entry point and inputs, which are the same with and without source maps. */
function namesByContents({ outputs }: Metafile): [contents: string, name: string][] {
  return Object.entries(outputs)
    .filter(([file]) => file.endsWith(".mjs"))
    .map(([file, { entryPoint, inputs }]) => [
      JSON.stringify([entryPoint, inputs]),
      path.basename(file),
    ]);
}
