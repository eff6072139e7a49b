import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fileOfName, resolveTrace } from "../trace/resolve.ts";
import { loadSourceMaps } from "../trace/source-maps.ts";

const USAGE = `Usage: npm run -s trace -- FUNCTION [--json] < lines-of-its-log

Shows a stack trace of a deployed function with the places in the sources. FUNCTION is its name at AWS, its log group or its
file: algoitny-production-http-get-problem, http/get-problem. Run it on the commit that was deployed, after \`npm ci\`: the
bundle is built again there, with source maps.

  --json   one JSON object { function, text, unknown }

Ends with 1 when the trace names files that this commit's bundle has not.`;

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [name, ...more] = positionals;
  if (values.help) console.log(USAGE);
  else {
    if (name === undefined || more.length > 0) throw new Error("give one function");
    const file = fileOfName(name);
    const [trace, maps] = await Promise.all([text(process.stdin), loadSourceMaps(ROOT, file)]);
    const resolved = resolveTrace(trace, maps);
    if (values.json) console.log(JSON.stringify({ function: file, ...resolved }));
    else process.stdout.write(resolved.text);
    if (resolved.unknown.length > 0) {
      const names = resolved.unknown.join(", ");
      console.error(
        `${names}: not in this commit's bundle of ${file}. Check out the commit that was deployed.`,
      );
      process.exitCode = 1;
    }
  }
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
