import { parseArgs } from "node:util";
import { seededRandom } from "@algoitny/cache/testing/explore";
import { readCatalogue } from "../load/site-items.ts";
import { checkText, differences, readTotals } from "../load/check-totals.ts";
import { loadText } from "../load/load-text.ts";
import { drawFrom, MIXES, type MixName } from "../load/mix.ts";
import { runLoad } from "../load/run-load.ts";
import { createSender } from "../load/sender.ts";
import { createProgressBar } from "../progress-bar.ts";
import { runCommand } from "./command.ts";
import { choiceOf, numberOf } from "./flag-values.ts";
import {
  addressOf,
  checkUrl,
  connectAsAdmin,
  RUNNING_CLOUD_FLAGS,
  RUNNING_CLOUD_USAGE,
} from "./running-cloud.ts";

const MIX_NAMES = Object.keys(MIXES) as MixName[];

const MOST_PER_SECOND = 10_000;
const LONGEST_SECONDS = 86_400;

const USAGE = `Usage: npm run load -- [options]

Sends an API the requests of visitors, users and admins, at random times that do not depend on its answers, and prints
outcomes of the cache and response times. Problems are drawn by Zipf's law. A response time counts from the scheduled start.

  --rps N       requests per second (20)
  --seconds N   duration (30)
  --mix NAME    site: all requests, one in twenty of which records an execution; reads: only reads
                (default: site for the local cloud; elsewhere it must be named)
  --seed N      seed of the times and requests (1)
  --check       waits until the API's numbers stop changing, and compares them with the outcomes of every endpoint
${RUNNING_CLOUD_USAGE}
  --json        the result as one JSON object
  --help        this text

Exit code 1 means that a request failed, was refused by the gateway or was not sent, or that this program sent requests more
than 10 ms late at p99; with --check also that a number differs, as it does after other traffic during the run.

  npm run load -- --rps 200 --seconds 120
  npm run load -- --mix reads --url https://api.example.com --token "$TOKEN" --json`;

function positive(flag: string, text: string, most: number): number {
  const wanted = `a number above 0, up to ${most}`;
  return numberOf(flag, text, wanted, (value) => value > 0 && value <= most);
}

function parse() {
  const { values } = parseArgs({
    options: {
      rps: { type: "string", default: "20" },
      seconds: { type: "string", default: "30" },
      mix: { type: "string" },
      seed: { type: "string", default: "1" },
      check: { type: "boolean", default: false },
      ...RUNNING_CLOUD_FLAGS,
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const numbers = {
    rps: positive("rps", values.rps, MOST_PER_SECOND),
    seconds: positive("seconds", values.seconds, LONGEST_SECONDS),
    seed: numberOf("seed", values.seed, "a whole number", Number.isInteger),
  };
  const mix = choiceOf("mix", values.mix, MIX_NAMES);
  checkUrl(values);
  if (mix === undefined && values.url !== undefined && !isLoopback(values.url))
    throw new Error("--mix: name it for another machine, since `site` records executions there");
  return { ...values, ...numbers, mix: mix ?? "site" };
}

function isLoopback(url: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
}

await runCommand({
  usage: USAGE,
  parse,
  run: async ({ rps, seconds, seed, mix, check, json, ...where }) => {
    const api = await connectAsAdmin(where);
    const draw = drawFrom(mix, await readCatalogue(api));
    const fromSeconds = Math.floor(Date.now() / 1_000) - 60;
    const before = check ? await readTotals(api, fromSeconds) : {};
    using send = createSender(await addressOf(where));
    const bar = createProgressBar(seconds, "seconds");
    const result = await runLoad(
      { perSecond: rps, durationMs: seconds * 1_000, random: seededRandom(seed), draw },
      send,
      { onProgress: (ms) => bar.update(Math.floor(ms / 1_000)) },
    )
      .then((measured) => {
        // The last request is usually scheduled some time before the end.
        bar.update(seconds);
        return measured;
      })
      .finally(() => bar.stop());
    const after = check ? await readTotals(api, fromSeconds) : {};
    const found = check ? differences(result.endpoints, before, after) : undefined;
    if (json) console.log(JSON.stringify({ seed, mix, ...result, differences: found }));
    else console.log([loadText(result), ...(found ? [checkText(found)] : [])].join("\n"));
    const { valid, shed, failed, refused } = result;
    const isWorse = !valid || shed + failed + refused > 0;
    if (isWorse || (found && found.length > 0)) process.exitCode = 1;
  },
});
