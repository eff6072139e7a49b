import { parseArgs } from "node:util";
import { runCommand } from "@algoitny/ops/cli/command";
import { type Rate, ratesOf, textsOfTree } from "./rates.ts";
import { RULES } from "./rules.ts";

const USAGE = `Usage: npm run check:voice -- [--all] [--json]

Counts habits of wording that make a sentence a riddle, in comments, test titles, messages and documents. Exit code 1 means
that a rate is above its limit (tests/voice/rules.ts).

  --all    every offender, also of rates within their limit
  --json   one JSON array of { kind, rule, total, percent, limitPercent, passed, offenders }
  --help   this text`;

/** Offenders printed of a rate above its limit. */
const SHOWN = 5;
const EXCERPT_CHARACTERS = 90;

function parse() {
  return parseArgs({
    options: {
      all: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  }).values;
}

function linesOf(rate: Rate, all: boolean): string[] {
  const { kind, rule, total, percent, limitPercent, passed, offenders } = rate;
  const counts = `${offenders.length} of ${total}, ${percent.toFixed(1)} % (limit ${limitPercent} %)`;
  const head = `${passed ? "ok    " : "FAILED"} ${kind} ${rule}: ${counts}`;
  const shown = all ? offenders : offenders.slice(0, passed ? 0 : SHOWN);
  const excerpts = shown.map(
    ({ place, text }) => `  ${place}: ${text.replace(/\s+/g, " ").slice(0, EXCERPT_CHARACTERS)}`,
  );
  return passed ? [head, ...excerpts] : [head, `  ${RULES[rule].summary}`, ...excerpts];
}

await runCommand({
  usage: USAGE,
  parse,
  run: ({ all, json }) => {
    const rates = ratesOf(textsOfTree());
    if (json) console.log(JSON.stringify(rates));
    else console.log(rates.flatMap((rate) => linesOf(rate, all)).join("\n"));
    if (rates.some(({ passed }) => !passed)) process.exitCode = 1;
  },
});
