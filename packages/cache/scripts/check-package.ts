import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packCopy } from "./pack-copy.ts";

/**
 * Ignores the advice to put replacements for browsers into `imports`: even a process that serves only hits would then load
 * 230 bytes more, in one more module.
 */
const ACCEPTED = "USE_EXPORTS_OR_IMPORTS_BROWSER";

/** Checks the archive that would be published: publint checks its manifest and code, attw how its types resolve. */
const folder = mkdtempSync(join(tmpdir(), "check-package-"));
try {
  const tarball = readFileSync(packCopy(folder));
  const findings = [...(await manifestFaults(tarball)), ...(await typeFaults(tarball))];
  for (const finding of findings) process.stderr.write(`${finding}\n`);
  if (findings.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function manifestFaults(tarball: Uint8Array): Promise<string[]> {
  const bytes = Uint8Array.from(tarball).buffer;
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
  const faults = messages.filter(({ code }) => code !== ACCEPTED);
  return faults.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

/**
 * ES modules only: CommonJS code can `require` them on recent versions of Node, and module resolution without `exports` is not
 * supported.
 */
async function typeFaults(tarball: Uint8Array): Promise<string[]> {
  const checked = await checkPackage(createPackageFromTarballData(Uint8Array.from(tarball)));
  if (checked.types === false) return ["attw: no types"];
  return checked.problems
    .filter((problem) => !("resolutionKind" in problem) || isSupported(problem.resolutionKind))
    .map((problem) => `attw: ${JSON.stringify(problem)}`);
}

function isSupported(resolution: string): boolean {
  return resolution === "node16-esm" || resolution === "bundler";
}
