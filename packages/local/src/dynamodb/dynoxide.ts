import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { startServerProcess, type ServerProcess } from "./server-process.ts";

/** The binary that npm installed for this platform, else the one on PATH; undefined when there is neither. */
export function findDynoxide(
  platform: string = `${process.platform}-${process.arch}`,
  searchPath: string = process.env["PATH"] ?? "",
): string | undefined {
  const onPath = searchPath.split(delimiter).filter(Boolean);
  return [...packaged(platform), ...onPath]
    .map((folder) => join(folder, "dynoxide"))
    .find(isExecutable);
}

/** In memory without `dataDir`, else in one SQLite file there. */
export function startDynoxide(binary: string, dataDir: string | undefined): Promise<ServerProcess> {
  const storage = dataDir === undefined ? [] : ["--db-path", join(dataDir, "dynoxide.db")];
  return startServerProcess({
    name: "dynoxide",
    command: binary,
    args: (port) => ["--port", String(port), ...storage],
  });
}

function packaged(platform: string): string[] {
  try {
    const manifest = createRequire(import.meta.url).resolve(`@dynoxide/${platform}/package.json`);
    return [dirname(manifest)];
  } catch {
    return []; // no package for this platform, or npm left the optional dependency out
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
