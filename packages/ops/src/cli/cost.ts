import { parseArgs } from "node:util";
import { fixedCosts } from "../cost/fixed.ts";
import { costOf } from "../cost/model.ts";
import { work } from "../cost/prices.ts";
import { costText } from "../cost/text.ts";

const USAGE = `Usage: npm run cost -- [--requests N] [--hit SHARE] [--read-units N] [--json]

What reads cost, with the cache and without it (docs/deploy.md says how that is counted).

  --requests N     how many (1e6)
  --hit SHARE      share answered from the cache, 0 to 1 (0.95)
  --read-units N   DynamoDB read units of a miss (${work.readUnits})
  --json           one JSON object`;

const options = {
  requests: { type: "string", default: "1e6" },
  hit: { type: "string", default: "0.95" },
  "read-units": { type: "string", default: String(work.readUnits) },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function numberOf(flag: string, text: string, most = Infinity): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= 0 && value <= most && Number.isFinite(value)) return value;
  const limit = most === Infinity ? "from 0 on" : `from 0 to ${most}`;
  throw new Error(`--${flag} ${text}: write a number ${limit}`);
}

try {
  const flags = parseArgs({ options }).values;
  const answer = costOf({
    requests: numberOf("requests", flags.requests),
    hit: numberOf("hit", flags.hit, 1),
    readUnits: numberOf("read-units", flags["read-units"]),
  });
  console.log(
    flags.help
      ? USAGE
      : flags.json
        ? JSON.stringify({ ...answer, monthly: fixedCosts() })
        : costText(answer),
  );
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
