import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const FOLDER = path.resolve(import.meta.dirname, "..");

/** Time limit for all packages: a machine without the registry must not wait for npm's own limits. */
const INSTALL_TIMEOUT_MS = 120_000;

/**
 * Installs the rivals, unless they are installed in the versions of the lock file: `npm ci` in `packages/bench`. Returns
 * the reason if it cannot, such as an unreachable registry.
 */
export function installRivals(say: (text: string) => void): string | undefined {
  if (isInstalled()) return undefined;
  say("installs the rivals: npm ci in packages/bench (once; nothing else depends on them)");
  const args = ["ci", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000"];
  const { status, stderr } = spawnSync("npm", args, {
    cwd: FOLDER,
    encoding: "utf8",
    timeout: INSTALL_TIMEOUT_MS,
  });
  if (status === 0) return undefined;
  return stderr.trim().split("\n").slice(-3).join("\n") || "npm did not end in time";
}

interface Lock {
  packages: Record<string, { version?: string }>;
}

function isInstalled(): boolean {
  const installed = path.join(FOLDER, "node_modules/.package-lock.json");
  if (!existsSync(installed)) return false;
  const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Lock;
  const { packages: wanted } = read(path.join(FOLDER, "package-lock.json"));
  const { packages: found } = read(installed);
  return Object.entries(wanted).every(
    ([name, { version }]) => !name.startsWith("node_modules/") || found[name]?.version === version,
  );
}
