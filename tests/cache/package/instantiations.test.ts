import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");
const TYPES = join(ROOT, "tests/cache/types");
const run = promisify(execFile);

/** Compiles one file alone; returns the compiler's number of type instantiations. */
async function instantiations(file: string): Promise<number> {
  const flags =
    "--noEmit --strict --exactOptionalPropertyTypes --skipLibCheck --module nodenext --target es2024 --types node --allowImportingTsExtensions --extendedDiagnostics";
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const args = ["--ignoreConfig", ...flags.split(" "), join(TYPES, file)];
  const { stdout } = await run(tsc, args, { cwd: ROOT });
  return Number(/Instantiations:\s+(\d+)/.exec(stdout)?.[1]);
}

test("wide and recursive values cost the compiler at most 20,000 instantiations more than a text", async () => {
  const [narrow, wide] = await Promise.all([
    instantiations("narrow.ts"),
    instantiations("wide.ts"),
  ]);
  expect(narrow).toBeGreaterThan(0);
  expect(wide - narrow).toBeLessThan(20_000);
}, 60_000);
