import { readFileSync } from "node:fs";
import { relative } from "node:path";

interface Results {
  readonly testResults: readonly { readonly name: string; readonly status: string }[];
}

/** Prints the files with a failed test from vitest's JSON results, one a line, for `.ci/run`. */
const [results = ""] = process.argv.slice(2);
const { testResults } = JSON.parse(readFileSync(results, "utf8")) as Results;
for (const { name, status } of testResults)
  if (status !== "passed") console.log(relative(process.cwd(), name));
