import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { installPlatform, messageOf } from "./platform.ts";
import { type StageName, stages } from "./stages.ts";
import { openSynth } from "./synth.ts";

/** Evaluates each stage once for all test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // esbuild's garbage collector takes a fifth of the time of building all functions, at Go's default.
  process.env["GOGC"] ??= "400";
  const folder = await mkdtemp(path.join(os.tmpdir(), "algoitny-stacks-"));
  const graphs = await evaluateAll(folder).catch((error: unknown) => ({
    failure: messageOf(error),
  }));
  project.provide("graphs", graphs);
  return () => rm(folder, { recursive: true, force: true });
}

async function evaluateAll(folder: string): Promise<Record<StageName, string>> {
  await installPlatform();
  await using program = await openSynth(folder);
  const files = Object.entries(stages).map(async ([name, options]) => {
    const file = path.join(folder, `${name}.json`);
    await writeFile(file, JSON.stringify(await program.synth(name, options)));
    return [name, file] as const;
  });
  return Object.fromEntries(await Promise.all(files)) as Record<StageName, string>;
}
