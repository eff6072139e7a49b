import path from "node:path";
import { build, type BuildOptions, type BuildResult } from "esbuild";

/** `nodejs` of a function, as SST's CLI receives it, except `format`: all functions are ES modules. */
export interface BundleSettings {
  minify?: boolean;
  splitting?: boolean;
  esbuild?: { sourcemap?: BuildOptions["sourcemap"] };
}

/** Banner that SST puts before each bundle, so that CommonJS inside of it finds its globals. */
const BANNER = [
  "import { createRequire as topLevelCreateRequire } from 'module';",
  "const require = topLevelCreateRequire(import.meta.url);",
  'import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"',
  "const __filename = topLevelFileUrlToPath(import.meta.url)",
  'const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))',
].join("\n");

export interface FunctionBuild {
  /** The repository's root. */
  root: string;
  /** `packages/functions/src/http/get-problem.handler`. */
  handler: string;
  settings: BundleSettings;
  /** Folder of `bundle.mjs` and its chunks. */
  folder: string;
}

type Bundle = BuildResult<{ metafile: true; write: false }>;

/**
 * Builds a function in memory like SST's CLI for nodejs24.x: the same bytes, and so the same names of chunks. Source:
 * https://github.com/anomalyco/sst/blob/dev/pkg/runtime/node/build.go
 */
export function buildFunction({ root, handler, settings, folder }: FunctionBuild): Promise<Bundle> {
  const { minify = false, splitting = false, esbuild = {} } = settings;
  return build({
    absWorkingDir: root,
    entryPoints: [path.join(root, handler.replace(/\.\w+$/, ".ts"))],
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
    sourcemap: esbuild.sourcemap ?? "linked",
    metafile: true,
    write: false,
    logLevel: "silent",
  });
}
