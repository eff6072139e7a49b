import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withLock } from "./lock.ts";

const run = promisify(execFile);

/** The repository's root: SST keeps its platform in `.sst/` beside `sst.config.ts`. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const WORK = path.join(ROOT, ".sst");
export const PLATFORM = path.join(WORK, "platform");

/** Versions that SST 4.17 requires of its two tools. Only a deployment uses more of Pulumi than its version. */
const BUN_VERSION = "1.2.1";
const PULUMI_VERSION = "3.215.0";

const MARKER = path.join(PLATFORM, ".complete");
const INSTALL_TIMEOUT_MS = 180_000;

/**
 * Installs SST's own component sources and providers into `.sst/platform`, from the package registry alone: about 5 s
 * and 420 MB, once for each change of SST's version or of `sst.config.ts`. Safe to be called by several processes.
 */
export async function installPlatform(): Promise<void> {
  await mkdir(WORK, { recursive: true });
  await withLock(path.join(WORK, "install.lock"), INSTALL_TIMEOUT_MS, async () => {
    const wanted = await wantedMarker();
    if ((await readFile(MARKER, "utf8").catch(() => "")) === wanted) return;
    await install().catch((error: unknown) => {
      throw new Error(
        "SST's platform could not be installed, and without it the stacks cannot be evaluated. " +
          `It needs the npm registry and 420 MB in ${WORK}.\n${messageOf(error)}`,
      );
    });
    await writeFile(MARKER, wanted);
  });
}

/** An error's message, with the standard output of a failed command. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "stdout" in error ? `${error.message}\n${String(error.stdout)}` : error.message;
}

/**
 * Hash of the files that the installed platform depends on. The marker lies inside the platform, so SST removes both
 * together.
 */
async function wantedMarker(): Promise<string> {
  const files = ["node_modules/sst/package.json", "sst.config.ts"];
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(path.join(ROOT, file)));
  return hash.digest("hex");
}

async function install(): Promise<void> {
  const configHome = await prepareTools();
  const env = { ...process.env, XDG_CONFIG_HOME: configHome, SST_TELEMETRY_DISABLED: "1" };
  const sst = path.join(ROOT, "node_modules/.bin/sst");
  await run(sst, ["install", "--stage", "test"], { cwd: ROOT, env, timeout: INSTALL_TIMEOUT_MS });
}

/**
 * SST fetches Pulumi and Bun from GitHub unless it finds them in its folder. Bun, which installs the platform's
 * packages, comes from npm instead; Pulumi, which only a deployment needs, is a script that prints its version.
 */
async function prepareTools(): Promise<string> {
  const tools = path.join(WORK, "tools");
  const bin = path.join(tools, "config/sst/bin");
  await mkdir(bin, { recursive: true });

  const arch = process.arch === "arm64" ? "aarch64" : process.arch;
  const name = `@oven/bun-${process.platform}-${arch}`;
  await writeFile(path.join(tools, "package.json"), '{ "private": true }\n');
  const fetchBun = [
    "install",
    "--prefix",
    tools,
    "--no-audit",
    "--no-fund",
    `${name}@${BUN_VERSION}`,
  ];
  await run("npm", fetchBun, { cwd: tools, timeout: INSTALL_TIMEOUT_MS });
  await copyFile(path.join(tools, "node_modules", name, "bin/bun"), path.join(bin, "bun"));

  const pulumi = `#!/bin/sh\n[ "$1" = version ] && echo v${PULUMI_VERSION}\nexit 0\n`;
  await writeFile(path.join(bin, "pulumi"), pulumi);
  for (const tool of ["bun", "pulumi"]) await chmod(path.join(bin, tool), 0o755);
  return path.join(tools, "config");
}

if (import.meta.main) await installPlatform();
