import { parseArgs } from "node:util";
import { readOrigins } from "@algoitny/functions/deployment/list-variables";
import { connect } from "../smoke/smoke-api.ts";
import { checks } from "../smoke/checks.ts";
import { type Outcome, runChecks } from "../smoke/run-checks.ts";

const USAGE = `Usage: npm run smoke -- URL TOKEN [--json]

Checks that a deployment works: https://api.example.com and a token of its issuer. An admin's token also creates, changes
and deletes a draft; with another one that check is left out. Preflights are sent for each origin of CORS_ORIGINS, as the
stacks read it. Ends with 1 when a check fails.

  --json   one JSON array of { name, result, why, ms }, when all checks are made`;

const SIGNS: Record<Outcome["result"], string> = {
  passed: "ok",
  failed: "FAILED",
  skipped: "left out",
};

function report({ name, result, why, ms }: Outcome): void {
  console.log(
    `${SIGNS[result].padEnd(8)} ${name} (${ms} ms)${why === undefined ? "" : `\n         ${why}`}`,
  );
}

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [url, token, ...more] = positionals;
  if (values.help) console.log(USAGE);
  else {
    if (url === undefined || token === undefined || more.length > 0)
      throw new Error("give a URL and a token");
    if (!URL.canParse(url)) throw new Error(`${url} is no URL: write https://…`);
    const onOutcome = values.json ? () => {} : report;
    const outcomes = await runChecks(
      checks,
      connect(url, token, readOrigins(process.env)),
      onOutcome,
    );
    if (values.json) console.log(JSON.stringify(outcomes));
    process.exitCode = outcomes.some(({ result }) => result === "failed") ? 1 : 0;
  }
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
