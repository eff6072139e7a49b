import { execFileSync } from "node:child_process";

const FOLDER = ".sst/page";

// Builds the page in a separate process: SST bundles this file, and esbuild cannot be bundled.
execFileSync("node", ["packages/ops/src/cli/start.mjs", "packages/page/src/write-page.ts", FOLDER]);

/** The dashboard's files for a function's `copyFiles`: http/ops-page reads them beside its bundle. */
export const pageFiles = [{ from: FOLDER, to: "page" }];
