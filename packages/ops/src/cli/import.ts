import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { type ImportedProblem, readProblems } from "../import/codeforces.ts";
import { importProblems } from "../import/import-problems.ts";
import { createProgressBar } from "../progress-bar.ts";
import { runCommand } from "./command.ts";
import {
  checkUrl,
  connectAsAdmin,
  RUNNING_CLOUD_FLAGS,
  RUNNING_CLOUD_USAGE,
} from "./running-cloud.ts";

const CODEFORCES = "https://codeforces.com/api/problemset.problems";

const USAGE = `Usage: npm run import -- FILE [options]

Creates and updates problems from an answer of the Codeforces API's problemset.problems. It may be run again at any time.

  FILE          a file, - for standard input, or an http(s) address, such as
                ${CODEFORCES}
${RUNNING_CLOUD_USAGE}
  --json        the result as one JSON object
  --help        this text`;

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...RUNNING_CLOUD_FLAGS,
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [file, ...others] = positionals;
  if (values.help) return { ...values, file: "" };
  if (file === undefined || others.length > 0) throw new Error("name one file, one address, or -");
  checkUrl(values);
  return { ...values, file };
}

async function readFrom(file: string): Promise<ImportedProblem[]> {
  try {
    return readProblems(await readSource(file));
  } catch (error) {
    throw new Error(`${file === "-" ? "stdin" : file} cannot be imported`, { cause: error });
  }
}

async function readSource(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  if (!/^https?:\/\//.test(file)) return readFile(file, "utf8");
  const response = await fetch(file);
  if (!response.ok) throw new Error(`it answers ${response.status}`);
  return response.text();
}

await runCommand({
  usage: USAGE,
  parse,
  run: async (options) => {
    const startMs = Date.now();
    const problems = await readFrom(options.file);
    const api = await connectAsAdmin(options);
    const bar = createProgressBar(problems.length, "problems");
    const result = await importProblems(api, problems, (done) => bar.update(done)).finally(() =>
      bar.stop(),
    );
    const seconds = Math.round((Date.now() - startMs) / 100) / 10;
    console.log(
      options.json
        ? JSON.stringify({ ...result, seconds })
        : `${result.created} created, ${result.updated} updated, ${result.unchanged} unchanged in ${seconds} s`,
    );
  },
});
