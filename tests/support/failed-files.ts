import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { RANDOM_FILES } from "./random-files.ts";

interface Results {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Beginning of fast-check's message about a counterexample. */
const COUNTEREXAMPLE = "Property failed after";

/** Number of characters of a failure that are printed, for a summary. */
const SHOWN_CHARACTERS = 400;

/**
 * Prints the files with a failed test from vitest's JSON results, each on a line with a tab and its first failure, for
 * `.ci/run` to repeat. It prints none if one of them draws at random: a repetition would draw something else, and so hide
 * what was found.
 */
const [results = ""] = process.argv.slice(2);
const { testResults } = JSON.parse(readFileSync(results, "utf8")) as Results;
const failed = testResults
  .filter(({ status }) => status !== "passed")
  .map(({ name, assertionResults }) => ({
    file: relative(process.cwd(), name),
    messages: assertionResults.flatMap(({ fullName, failureMessages }) =>
      failureMessages.map((message) => `${fullName}: ${message}`),
    ),
  }));
const found = failed.filter(
  ({ file, messages }) =>
    RANDOM_FILES.includes(file) || messages.some((message) => message.includes(COUNTEREXAMPLE)),
);
if (found.length > 0)
  console.error(`found at random, and not repeated: ${found.map(({ file }) => file).join(", ")}`);
else
  for (const { file, messages } of failed) {
    const [first = "the file could not be run"] = messages;
    console.log(`${file}\t${first.replaceAll(/\s+/g, " ").slice(0, SHOWN_CHARACTERS)}`);
  }
