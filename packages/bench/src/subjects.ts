import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { oursRest, oursTcp, oursTrusted, oursValidated } from "./ours/ours.ts";
import type { Adapter } from "./rivals/rival.ts";

/** Files of the adapters. They are loaded by name, because their packages are only installed for benchmarks. */
const FILES = [
  "bentocache",
  "cacheable",
  "cache-manager",
  "cachified",
  "async-cache-dedupe",
  "ocache",
] as const;

const OURS: readonly Adapter[] = [oursRest, oursTcp, oursValidated, oursTrusted];

/** All adapters by name: the library's own first, then the rivals'. */
export async function loadAdapters(): Promise<Map<string, Adapter>> {
  const modules = await Promise.all(
    FILES.map(async (file) => {
      const url = pathToFileURL(path.join(import.meta.dirname, `rivals/${file}.ts`)).href;
      return Object.values((await import(url)) as Record<string, Adapter>);
    }),
  );
  return new Map([...OURS, ...modules.flat()].map((adapter) => [adapter.name, adapter]));
}

const FOLDER = path.resolve(import.meta.dirname, "..");

/** Versions of the packages that are measured, as their manifest pins them. */
export function rivalVersions(): Record<string, string> {
  const text = readFileSync(path.join(FOLDER, "package.json"), "utf8");
  return (JSON.parse(text) as { dependencies: Record<string, string> }).dependencies;
}
