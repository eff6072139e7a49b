import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { startCloud } from "@algoitny/local/cloud";
import { runCommand } from "@algoitny/ops/cli/command";
import { PATIENT_LIMITS } from "../support/patient-limits.ts";

const USAGE = `Usage: npm run prove -- schemathesis [--cases N] [--as WHO]… [--seed N] [--json]

Sends a local cloud requests that its OpenAPI document allows and forbids, by schemathesis: no answer may be a 5xx, and none
may differ from the document. It runs rounds, each as the next caller, until there have been enough requests. schemathesis
is installed from PyPI into node_modules/.cache; without Python the proof is skipped.

  --cases N   minimum number of requests (20000, or OPENAPI_CASES)
  --as WHO    caller: admin, user or nobody; may be repeated (default: all three, in turn)
  --seed N    seed of the first round (1); each round has the next one
  --json      one JSON object: { outcome, cases, rounds }, or { outcome, why } if the proof is skipped
  --help      this text`;

const FOLDER = path.resolve(import.meta.dirname, "../../node_modules/.cache/schemathesis");
const PROGRAM = path.join(FOLDER, "bin/schemathesis");

/** Number of generated requests for one operation and phase in a round. */
const EXAMPLES = "10";

/** Tests send more requests than people do. */
const UNTHROTTLED = { ratePerSecond: 10_000, burst: 5_000 };

const CALLERS = ["admin", "user", "nobody"] as const;

function parse() {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: process.env["OPENAPI_CASES"] ?? "20000" },
      as: { type: "string", multiple: true, default: [...CALLERS] },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [cases, seed] = [values.cases, values.seed].map((given) => {
    if (!/^[1-9]\d*$/.test(given)) throw new Error(`"${given}": write a whole number, 1 or more`);
    return Number(given);
  }) as [number, number];
  const callers = values.as.map((given) => {
    const known = CALLERS.find((each) => each === given);
    if (known === undefined) throw new Error(`--as ${given}: write one of ${CALLERS.join(", ")}`);
    return known;
  });
  return { ...values, callers, cases, seed };
}

/** Installs schemathesis unless it is installed; returns the reason if it cannot. */
function install(): string | undefined {
  if (existsSync(PROGRAM)) return undefined;
  const steps = [
    ["python3", "-m", "venv", FOLDER],
    [
      path.join(FOLDER, "bin/pip"),
      "install",
      "--quiet",
      "-r",
      path.join(import.meta.dirname, "requirements.txt"),
    ],
  ];
  for (const [command = "", ...args] of steps) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0)
      return `${command}: ${error?.message ?? stderr.trim().split("\n").at(-1) ?? ""}`;
  }
  return undefined;
}

interface Round {
  url: string;
  token: string | undefined;
  seed: number;
  quiet: boolean;
}

/**
 * One run of schemathesis, whose report is printed if the run fails. Returns the number of its requests, and true if it
 * failed.
 */
async function fuzz({
  url,
  token,
  seed,
  quiet,
}: Round): Promise<{ cases: number; failed: boolean }> {
  const config = path.join(import.meta.dirname, "schemathesis.toml");
  const identity = token === undefined ? [] : ["-H", `Authorization: Bearer ${token}`];
  const words =
    `--config-file ${config} run ${url}/api/openapi.json --seed ${seed} -n ${EXAMPLES} ` +
    "--no-shrink --continue-on-failure --workers 1 --suppress-health-check all " +
    "--request-timeout 60 --request-retries 2";
  // schemathesis stores its findings in its working folder.
  const program = spawn(PROGRAM, [...words.split(" "), ...identity], {
    cwd: FOLDER,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(program, "close");
  const stdout = await text(program.stdout);
  const [status] = await ended;
  const cases = Number(/^\s*(\d+) generated/m.exec(stdout)?.[1] ?? 0);
  const failed = status !== 0 || cases === 0;
  if (failed && !quiet) console.log(stdout);
  return { cases, failed };
}

async function run({
  cases: wanted,
  callers,
  seed,
  json,
}: ReturnType<typeof parse>): Promise<void> {
  const missing = install();
  if (missing !== undefined) {
    console.log(
      json ? JSON.stringify({ outcome: "skipped", why: missing }) : `skipped: ${missing}`,
    );
    return;
  }
  // On a busy machine Redis is slow, which is a 503 to operators and not a fault of the API.
  process.env["CACHE_STORE_TIMEOUT_MS"] ??= "5000";
  const cloud = await startCloud({
    sample: true,
    watch: false,
    throttle: UNTHROTTLED,
    limits: PATIENT_LIMITS,
    log: () => {},
  });
  const tokens = { ...cloud.tokens, nobody: undefined };
  let cases = 0;
  let rounds = 0;
  let failed = false;
  for (; cases < wanted && !failed; rounds += 1) {
    const who = callers[rounds % callers.length] ?? "nobody";
    const round = await fuzz({
      url: cloud.url,
      token: tokens[who],
      seed: seed + rounds,
      quiet: json,
    });
    cases += round.cases;
    failed = round.failed;
    if (!json) console.log(`round ${rounds + 1}, as ${who}: ${cases} of ${wanted} cases`);
  }
  await cloud.close();
  const outcome = failed ? "failed" : "passed";
  console.log(json ? JSON.stringify({ outcome, cases, rounds }) : `${outcome}, ${cases} cases`);
  if (failed) process.exitCode = 1;
}

await runCommand({ usage: USAGE, parse, run });
