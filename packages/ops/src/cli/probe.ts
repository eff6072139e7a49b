import { parseArgs } from "node:util";
import type { Result } from "../probe/open-questions.ts";
import { probeUpstash } from "../probe/probe-upstash.ts";
import { restClient } from "../probe/rest-client.ts";
import { runCommand } from "./command.ts";

const USAGE = `Usage: npm run probe -- --upstash URL TOKEN [--pairs N] [--json]

Measures on an Upstash database what Upstash's documentation leaves open, and prints which guarantees a cache has there: where
scripts run, whether their commands are billed, what a full database refuses, whether WAIT is served, whether replicas keep
the order of writes, whether the server has a run id. It writes under a random prefix, removes what it has written, and sends
about 10 N commands one after the other: N = 1000 costs a few cents.

  --upstash URL   the database's REST URL: https://….upstash.io; then its token, which is never printed
  --pairs N       writes followed by a read, for each kind of read (1000)
  --json          one JSON object: for each question { question, measured, verdict, claim }
  --help          this text

Without an account: npm run redis starts an endpoint on this machine; with REDIS_REPLICA_LAG=1 a replica lags behind.`;

function report(_: string, { question, measured, verdict, claim }: Result): void {
  console.log(
    `${question} ${verdict.toUpperCase()}\n  measured: ${measured}\n  claim:    ${claim}\n`,
  );
}

function parse() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      upstash: { type: "string", default: "" },
      pairs: { type: "string", default: "1000" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [token = "", ...more] = positionals;
  const { upstash: url, json, help } = values;
  const pairs = Number(values.pairs);
  if (help) return { url, token, pairs, json, help };
  if (url === "" || token === "" || more.length > 0)
    throw new Error(
      "give the database's REST URL and its token: --upstash https://….upstash.io TOKEN",
    );
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw new Error(`--upstash ${url} is not an address: write https://….upstash.io`);
  if (!Number.isInteger(pairs) || pairs < 1)
    throw new Error(`--pairs ${values.pairs}: write a whole number, 1 or more`);
  return { url, token, pairs, json, help };
}

await runCommand({
  usage: USAGE,
  parse,
  run: async ({ url, token, pairs, json }) => {
    const send = restClient(url, token);
    const results = await probeUpstash(send, { pairs, ...(!json && { onResult: report }) });
    if (json) console.log(JSON.stringify(results));
  },
});
