import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pack, packCopy, TOOLS } from "../../../packages/cache/scripts/pack-copy.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

/** An empty project in which the library is installed from its archive. */
export interface PackedProject extends Disposable {
  readonly folder: string;
  /** Folder of the installed library. */
  readonly installed: string;
  /** Links packages of this workspace into the project. */
  link(...names: readonly string[]): void;
  write(file: string, text: string): void;
  /** Runs a command in the project, and returns what it prints. */
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): string;
}

export function createPackedProject(): PackedProject {
  const around = mkdtempSync(join(tmpdir(), "package-"));
  const folder = join(around, "project");
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const run: PackedProject["run"] = (command, args, env = {}) =>
    execFileSync(command, args, {
      cwd: folder,
      env: { ...TOOLS, ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  write("package.json", '{ "type": "module" }');
  // Installs from archives only: any other dependency would have to come from a registry.
  const archives = [packCopy(around), pack(folderOf("lru-cache"), around, "--ignore-scripts")];
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--silent", ...archives]);
  return {
    folder,
    installed: join(folder, "node_modules/@algoitny/cache"),
    link: (...names) => {
      for (const name of names) {
        const place = join(folder, "node_modules", name);
        mkdirSync(dirname(place), { recursive: true });
        symlinkSync(join(ROOT, "node_modules", name), place);
      }
    },
    write,
    run,
    [Symbol.dispose]: () => rmSync(around, { recursive: true }),
  };
}

/** Folder of an installed package that the library needs. */
function folderOf(name: string): string {
  const file = createRequire(join(ROOT, "packages/cache/package.json")).resolve(name);
  return file.slice(0, file.lastIndexOf(`node_modules/${name}/`)) + `node_modules/${name}`;
}
