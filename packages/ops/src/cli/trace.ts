import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fileOfName, resolveTrace } from "../trace/resolve.ts";
import { loadSourceMaps } from "../trace/source-maps.ts";
import { runCommand } from "./command.ts";

const USAGE = `Usage: npm run trace -- FUNCTION [--json] < lines-of-its-log

Shows a stack trace of a deployed function with the positions in the sources. FUNCTION is its name in AWS, which the name of
its log group or log stream contains, or its file: algoitny-production-http-get-problem, http/get-problem. Run it on the
deployed commit, after \`npm ci\`: it builds the bundle again, with source maps. Exit code 1 means that the input has no frame
of a bundle, or that it names files that are not in this commit's bundle.

  --json   one JSON object { function, text, unknown }
  --help   this text`;

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

function parse() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [name = "", ...more] = positionals;
  if (!values.help && (name === "" || more.length > 0)) throw new Error("give one function");
  return { ...values, file: values.help ? undefined : fileOfName(name) };
}

await runCommand({
  usage: USAGE,
  parse,
  run: async ({ file, json }) => {
    if (!file) return;
    const [trace, maps] = await Promise.all([text(process.stdin), loadSourceMaps(ROOT, file)]);
    const { text: resolved, frames, unknown } = resolveTrace(trace, maps);
    process.stdout.write(
      json ? `${JSON.stringify({ function: file, text: resolved, unknown })}\n` : resolved,
    );
    if (frames === 0) throw new Error("no frame of a bundle in the input");
    if (unknown.length > 0)
      throw new Error(
        `${unknown.join(", ")}: not in this commit's bundle of ${file}. Check out the commit that was deployed.`,
      );
  },
});
