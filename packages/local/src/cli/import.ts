import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import cliProgress from "cli-progress";
import { createApiClient } from "../import/api-client.ts";
import { readProblems } from "../import/codeforces.ts";
import { importProblems } from "../import/import-problems.ts";
import { claimsOf, createIssuer } from "../issuer/issuer.ts";
import { DEFAULT_DATA_DIR, DEFAULT_PORT, UsageError } from "./dev-options.ts";
import { explain } from "./explain.ts";

const USAGE = `Usage: npm run import -- FILE [options]

Brings problems up to date with an answer of the Codeforces API's problemset.problems. Run it again at any time.

  FILE          a file, an http(s) address, or - for standard input
  --url URL     where the API is (http://127.0.0.1:${DEFAULT_PORT})
  --token T     an admin's token (default: one of the local issuer's)
  --data DIR    the data folder that \`npm run dev\` was given (${DEFAULT_DATA_DIR})
  --json        the result as one JSON object
  --help        this text`;

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: "string", default: `http://127.0.0.1:${DEFAULT_PORT}` },
      token: { type: "string" },
      data: { type: "string", default: DEFAULT_DATA_DIR },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [file, ...others] = positionals;
  if (values.help) return { ...values, file: "" };
  if (file === undefined || others.length > 0)
    throw new UsageError("name one file, one address, or -");
  if (!URL.canParse(values.url))
    throw new UsageError(`--url ${values.url}: write it as http://127.0.0.1:8000`);
  return { ...values, file };
}

function parseOrExit() {
  try {
    return parse();
  } catch (error) {
    console.error(`${explain(error)}\n\n${USAGE}`);
    return process.exit(2);
  }
}

async function readSource(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  if (!/^https?:\/\//.test(file)) return readFile(file, "utf8");
  const response = await fetch(file);
  if (!response.ok) throw new Error(`${file} answers ${response.status}`);
  return response.text();
}

const options = parseOrExit();
if (options.help) {
  console.log(USAGE);
} else {
  // On stderr, so that stdout holds the result alone; where nobody watches, a line now and then.
  const bar = new cliProgress.SingleBar(
    {
      format: "{bar} {value}/{total} problems | {percentage}% | {eta_formatted} left",
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 5_000,
    },
    cliProgress.Presets.shades_classic,
  );
  const startMs = Date.now();
  try {
    const problems = readProblems(await readSource(options.file));
    const local = await createIssuer(resolve(options.data));
    const token = options.token ?? (await local.issueToken(claimsOf("import@localhost", true)));
    bar.start(problems.length, 0);
    const result = await importProblems(
      createApiClient({ url: options.url, token }),
      problems,
      (done) => bar.update(done),
    );
    bar.stop();
    const seconds = Math.round((Date.now() - startMs) / 100) / 10;
    console.log(
      options.json
        ? JSON.stringify({ ...result, seconds })
        : `${result.created} created, ${result.updated} updated, ${result.unchanged} unchanged in ${seconds} s`,
    );
  } catch (error) {
    bar.stop();
    console.error(`${options.file}: ${explain(error)}`);
    process.exitCode = 1;
  }
}
