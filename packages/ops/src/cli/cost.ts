import { parseArgs } from "node:util";
import { fixedCosts } from "../cost/fixed.ts";
import { costOf } from "@algoitny/functions/cost/model";
import { type Region, REGIONS, work } from "@algoitny/functions/cost/prices";
import { costText } from "../cost/text.ts";
import { runCommand } from "./command.ts";
import { numberOf } from "./flag-values.ts";

const USAGE = `Usage: npm run cost -- [--region R] [--requests N] [--hit SHARE] [--read-units N] [--json]

Prints the cost of reads with the cache and without it (docs/cost.md explains the calculation).

  --region R       region of AWS (us-east-1); one of ${REGIONS.join(", ")}
  --requests N     number of requests (1e6)
  --hit SHARE      share answered from the cache, 0 to 1 (0.95)
  --read-units N   DynamoDB read units of a miss (${work.readUnits})
  --json           one JSON object
  --help           this text`;

const options = {
  region: { type: "string", default: "us-east-1" },
  requests: { type: "string", default: "1e6" },
  hit: { type: "string", default: "0.95" },
  "read-units": { type: "string", default: String(work.readUnits) },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function regionOf(text: string): Region {
  const found = REGIONS.find((region) => region === text);
  if (found) return found;
  throw new Error(`--region ${text}: write one whose prices are known here, ${REGIONS.join(", ")}`);
}

function amountOf(flag: string, text: string, most = Infinity): number {
  const wanted = most === Infinity ? "a number, 0 or more" : `a number from 0 to ${most}`;
  return numberOf(flag, text, wanted, (value) => value >= 0 && value <= most);
}

function parse() {
  const flags = parseArgs({ options }).values;
  return {
    question: {
      region: regionOf(flags.region),
      requests: amountOf("requests", flags.requests),
      hit: amountOf("hit", flags.hit, 1),
      readUnits: amountOf("read-units", flags["read-units"]),
    },
    json: flags.json,
    help: flags.help,
  };
}

await runCommand({
  usage: USAGE,
  parse,
  run: ({ question, json }) => {
    const answer = costOf(question);
    console.log(
      json ? JSON.stringify({ ...answer, monthly: fixedCosts(answer.region) }) : costText(answer),
    );
  },
});
