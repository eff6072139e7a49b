import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { evaluatedIn, failedIn, graphIn } from "./graph-files.ts";
import { installPlatform, messageOf } from "./platform.ts";
import { stages } from "./stages.ts";
import { openSynth } from "./synth.ts";

/** Evaluates each stage once for all test files, concurrently with the tests of other projects, which need no graph. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // esbuild's garbage collector takes a fifth of the time of building all functions, at Go's default.
  process.env["GOGC"] ??= "400";
  const folder = await mkdtemp(path.join(os.tmpdir(), "algoitny-stacks-"));
  project.provide("graphs", folder);
  const evaluated = evaluateAll(folder)
    .catch((error: unknown) => writeWhole(failedIn(folder), messageOf(error)))
    .then(() => writeWhole(evaluatedIn(folder), ""));
  return async () => {
    await evaluated;
    await rm(folder, { recursive: true, force: true });
  };
}

async function evaluateAll(folder: string): Promise<void> {
  await installPlatform();
  await using program = await openSynth(folder);
  // In sequence: tests of other projects need the cores too.
  for (const [name, options] of Object.entries(stages))
    await writeWhole(graphIn(folder, name), JSON.stringify(await program.synth(name, options)));
}

/** Writes under another name first: a reader finds the whole text or no file. */
async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file);
}
