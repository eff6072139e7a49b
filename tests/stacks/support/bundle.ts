import { mkdir } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { ROOT } from "./platform.ts";

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
 * Builds a handler as SST's CLI does for nodejs24.x, into `folder/bundle.mjs` and chunks beside it; but for the source
 * maps, which SST makes too and keeps out of the archive.
 * Source: https://github.com/anomalyco/sst/blob/dev/pkg/runtime/node/build.go
 */
export async function bundleFunction(
  handler: string,
  { minify = false, splitting = false }: BundleSettings,
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
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
    metafile: true,
    logLevel: "silent",
  });
}
