import { readdirSync, watch, type FSWatcher } from "node:fs";
import { join } from "node:path";

/**
 * Calls `onChange` with the path of each file that changes below the folders, new folders included. Watches folders,
 * because editors save by renaming a new file over the old one. `fs.watch` with `recursive` watches single files on
 * Linux.
 */
export function watchTrees(
  folders: readonly string[],
  onChange: (path: string) => void,
): { close(): void } {
  const watchers = new Map<string, FSWatcher>();

  function drop(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  function add(folder: string): void {
    try {
      if (!watchers.has(folder)) {
        const watcher = watch(folder, (_, name) => {
          add(folder);
          onChange(name === null ? folder : join(folder, name));
        });
        watchers.set(
          folder,
          watcher.on("error", () => drop(folder)),
        );
      }
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory()) add(join(folder, entry.name));
      }
    } catch {
      drop(folder); // gone between being seen and being read
    }
  }

  for (const folder of folders) add(folder);
  return {
    close() {
      for (const folder of watchers.keys()) drop(folder);
    },
  };
}
