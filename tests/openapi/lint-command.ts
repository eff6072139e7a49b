import { buildDocument } from "@algoitny/functions/openapi/api-document";
import { runCommand } from "@algoitny/ops/cli/command";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { parseArgs } from "node:util";

const USAGE = `Usage: npm run check:openapi

Lints the API's OpenAPI document by Redocly's recommended rules, except those that lint-command.ts names. Exit code 1 means
that there are findings.

  --help   this text`;

/** Redocly's rules that are disabled for this API, with the reason. */
const OFF = {
  // Every path answers with and without its trailing slash; links and Location have the slash.
  "no-path-trailing-slash": "off",
  // `{platform}/{problem_id}` and `{id}/testcases` differ in the last segment: the gateway prefers the fixed one.
  "no-ambiguous-paths": "off",
  // Bodies state the required combinations of fields in parts of the schema that do not repeat the fields.
  "no-required-schema-properties-undefined": "off",
} as const;

function parse() {
  return parseArgs({ options: { help: { type: "boolean", short: "h", default: false } } }).values;
}

async function run(): Promise<void> {
  const config = await createConfig({ extends: ["recommended"], rules: OFF });
  const source = JSON.stringify(buildDocument());
  const findings = await lintFromString({ source, absoluteRef: "openapi.json", config });
  for (const { ruleId, severity, message, location } of findings) {
    console.error(`${severity} ${ruleId}: ${message} (${location[0]?.pointer ?? "#"})`);
  }
  if (findings.length > 0) process.exitCode = 1;
}

await runCommand({ usage: USAGE, parse, run });
