import { execFileSync } from "node:child_process";

const FOLDER = ".sst/page";

// In a process of its own: esbuild cannot be bundled, as SST bundles this file.
execFileSync("node", ["packages/ops/src/cli/start.mjs", "packages/page/src/write-page.ts", FOLDER]);

/** The dashboard's files, built anew, as a function's `copyFiles` takes them: http/ops-page reads them beside its bundle. */
export const pageFiles = [{ from: FOLDER, to: "page" }];
