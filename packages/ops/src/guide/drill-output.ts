import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { ShownName } from "../commands/shown-commands.ts";

/** File with the output of a command during a drill, or while all is well, as a run of the drills recorded it. */
const fileOf = (drill: string, command: ShownName) =>
  new URL(`drill-outputs/${drill}.${command.replaceAll(/\W+/g, "-")}.txt`, import.meta.url);

export const WELL = "well";

/** Output of a command during a drill; undefined if none has been recorded. */
export function readDrillOutput(drill: string, command: ShownName): string | undefined {
  const file = fileOf(drill, command);
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd() : undefined;
}

export function recordDrillOutput(drill: string, command: ShownName, output: string): void {
  const file = fileOf(drill, command);
  mkdirSync(new URL(".", file), { recursive: true });
  writeFileSync(file, `${output}\n`);
}

/** Line of a request. The number of such lines is random, so only one of each kind is compared. */
const REQUEST = /^N (\w+ \S+) +(\w+) .*$/;

/**
 * An output without the parts that differ from run to run: numbers, ids of keys, the result of the beat, the lines `misses:`
 * and `cached`, and usual values, which a freshly started cloud does not know. Equal lines then count once.
 */
export function maskedOutput(output: string): string {
  const masked = output
    .replaceAll(/, usually [^,;\n]+/g, "")
    .replaceAll(/^\w+ +beat .*(?:\n +do: .*)?$/gm, "beat")
    .replaceAll(/^(?:misses:|cached {2}).*\n/gm, "")
    .replaceAll(/\bkey [\w-]{8}(?=\.?$)/gm, "key K")
    .replaceAll(/\d[\d,.:]*|–/g, "N")
    .replaceAll(/ +/g, " ")
    .split("\n")
    .map((line) => line.replace(REQUEST, "N $1 $2").trim());
  return [...new Set(masked)].join("\n");
}
