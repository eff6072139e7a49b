import { parseArgs } from "node:util";
import { readOrigins } from "@algoitny/functions/deployment/list-variables";
import { connect } from "../smoke/smoke-api.ts";
import { beatCheck } from "../smoke/beat-check.ts";
import { checks } from "../smoke/checks.ts";
import { type Outcome, runChecks } from "../smoke/run-checks.ts";
import { runCommand } from "./command.ts";

const USAGE = `Usage: npm run smoke -- URL TOKEN [--json]

Checks that a deployment works: https://api.example.com and a token of its issuer. With an admin's token it also writes,
changes and deletes a draft, the same one in each run; with any other token this check is skipped. It sends a preflight for
each origin of CORS_ORIGINS, the variable that a deployment reads. With an admin's or viewer's token it waits up to 3 minutes
for a beat, which shows that the table's stream invalidates. Exit code 1 means that a check failed; if the API does not answer
at all, the first check is the only one.

  --json   one JSON array of { name, result, why, ms }, after all checks
  --help   this text

-s keeps npm from printing the token. The local cloud: npm run -s smoke -- http://127.0.0.1:8000 $(npm run -s token -- --admin)`;

const SIGNS: Record<Outcome["result"], string> = {
  passed: "ok",
  failed: "FAILED",
  skipped: "skipped",
};

function report({ name, result, why, ms }: Outcome): void {
  console.log(
    `${SIGNS[result].padEnd(8)} ${name} (${ms} ms)${why === undefined ? "" : `\n         ${why}`}`,
  );
}

function parse() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [url = "", token = "", ...more] = positionals;
  const options = { ...values, url, token };
  if (values.help) return options;
  if (url === "" || token === "" || more.length > 0) throw new Error("give a URL and a token");
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw new Error(`${url} is not an address: write https://api.example.com`);
  return options;
}

await runCommand({
  usage: USAGE,
  parse,
  run: async ({ url, token, json }) => {
    const api = connect(url, token, readOrigins(process.env));
    const outcomes = await runChecks([...checks, beatCheck()], api, json ? () => {} : report);
    if (json) console.log(JSON.stringify(outcomes));
    if (outcomes.some(({ result }) => result === "failed")) process.exitCode = 1;
  },
});
