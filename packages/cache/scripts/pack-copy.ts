import { execFileSync } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

/** The environment in which `npm` finds the tools of the workspace. */
export const TOOLS = {
  ...process.env,
  PATH: `${join(ROOT, "node_modules/.bin")}${delimiter}${process.env["PATH"]}`,
};

/** Packs a folder as it would be published; returns the path of the archive. */
export function pack(source: string, into: string, ...options: readonly string[]): string {
  const args = ["pack", "--json", "--silent", "--pack-destination", into, ...options];
  const [{ filename }] = JSON.parse(
    execFileSync("npm", args, { cwd: source, env: TOOLS, encoding: "utf8" }),
  ) as [{ filename: string }];
  return join(into, filename);
}

/** Packs a copy of the library below `into`: packing changes the manifest for a moment, while other programs read it. */
export function packCopy(into: string): string {
  const workspace = join(into, "workspace");
  const copy = join(workspace, "packages/cache");
  cpSync(join(ROOT, "packages/cache"), copy, { recursive: true });
  for (const file of ["tsconfig.json", "LICENSE"]) cpSync(join(ROOT, file), join(workspace, file));
  symlinkSync(join(ROOT, "node_modules"), join(workspace, "node_modules"));
  return pack(copy, into);
}
