import type {
  ExperimentAnswer,
  ExperimentsAnswer,
} from "@algoitny/functions/openapi/function-answers";
import { type Command, type Context, type Given, type Result, UsageError } from "./ops-command.ts";
import { number, safe, table, timeOf } from "./terminal-text.ts";

const EXPERIMENTS = "/api/ops/experiments/";

type Report = ReturnType<typeof ExperimentsAnswer.parse>["experiments"][number];

/** Subcommands of `experiment`. */
const steps: Readonly<
  Record<string, (view: string | undefined, given: Given, context: Context) => Promise<Result>>
> = { start, status, stop };

export const experiment: Command = {
  summary: "try another lifetime for a view: start, status, stop",
  words: "start|status|stop [VIEW]",
  leastWords: 1,
  mostWords: 2,
  teaches: `Half of a view's keys get the trial lifetime, the other half the usual one. In each pair of slots a key has both
lifetimes, in random order, so that keys and hours of the day do not differ between the two. The experiment compares the cost
of reads, by the prices of \`npm run cost\`. The first part of each slot is not counted: entries of the slot before it are
still served. A verdict needs 12 pairs of slots (a day, with slots of an hour) and holds however often you read it: of experiments
with equal lifetimes, at most one in twenty finds a difference. A guard checks every 5 minutes and ends an experiment whose
trial lifetime serves stale values, fails more requests or more than doubles the loads per read; it ends every experiment
after 14 days. A better lifetime is made permanent by the variable that the verdict names.`,
  flags: {
    ttl: { type: "string", value: "SECONDS", help: "start: the lifetime to try" },
    "read-units": {
      type: "string",
      value: "N",
      help: "start: DynamoDB read units of a load (the cost model's average; docs/cost.md says how to measure)",
    },
    "dry-run": {
      type: "boolean",
      help: "start, stop: show what would be done, and change nothing",
    },
    yes: { type: "boolean", help: "do not ask for confirmation" },
  },
  examples: ["experiment start problem_detail --ttl 1200 --dry-run", "experiment status --watch"],
  watches: true,
  async run(given, context) {
    const [step = "", view] = given.words;
    const run = Object.hasOwn(steps, step) ? steps[step] : undefined;
    if (!run) throw new UsageError(`${step}: write start, status or stop`);
    return run(view, given, context);
  },
};

async function start(
  view: string | undefined,
  { flags }: Given,
  { api, confirm, answers }: Context,
): Promise<Result> {
  if (view === undefined) throw new UsageError("name a view: experiment start VIEW --ttl SECONDS");
  const units = numberOf("read-units", flags["read-units"]);
  const request = {
    view,
    ttl_seconds: numberOf("ttl", flags["ttl"]),
    ...(units !== undefined && { read_units: units }),
  };
  if (request.ttl_seconds === undefined)
    throw new UsageError("say which lifetime to try: --ttl SECONDS");
  const ask = async (dry: boolean) =>
    answers.ExperimentStarted.parse(
      await api.call("POST", EXPERIMENTS, { ...request, dry_run: dry }),
    );
  const planned = await ask(true);
  const plan = planOf(planned.experiment);
  if (flags["dry-run"]) return { data: planned, text: `would start: ${plan}` };
  await confirm(`This starts an experiment: ${plan}.`);
  const started = await ask(false);
  return { data: started, text: `started: ${planOf(started.experiment)}` };
}

function planOf(planned: ReturnType<typeof ExperimentAnswer.parse>): string {
  const { view, trial_seconds: trial, usual_seconds: usual, slot_seconds: slot } = planned;
  const from = Math.ceil(planned.started_at / slot) * slot;
  return `${trial} s instead of ${usual} s for ${safe(view)}, starting at ${timeOf(from)} in slots of ${number(slot / 60)} min, of which the first ${number(planned.settling_seconds / 60)} min are not counted`;
}

function numberOf(flag: string, given: Given["flags"][string]): number | undefined {
  if (given === undefined) return undefined;
  const value = String(given).trim() === "" ? Number.NaN : Number(given);
  if (!Number.isFinite(value) || value < 0)
    throw new UsageError(`--${flag} ${String(given)}: write a number, 0 or more`);
  return value;
}

async function reports(view: string | undefined, { api, answers }: Context): Promise<Report[]> {
  const { experiments } = answers.ExperimentsAnswer.parse(await api.call("GET", EXPERIMENTS));
  return experiments.filter((each) => view === undefined || each.view === view);
}

async function status(view: string | undefined, _: Given, context: Context): Promise<Result> {
  const experiments = await reports(view, context);
  const text = experiments.map(reportText).join("\n\n");
  const none = view === undefined ? "no experiment yet" : `no experiment on ${safe(view)} yet`;
  return { data: { experiments }, text: text || none };
}

/** A report as lines: the sentence, both arms, and the guard's result. */
function reportText(report: Report): string {
  const { state, sentence, counts_from: from, pairs, dropped, broken_rail: rail } = report;
  const rows = (["usual", "trial"] as const).map((name) => {
    const arm = report[name];
    const dollars = arm.dollars_per_1000_reads;
    return [
      `${name}, ${arm.ttl_seconds} s`,
      arm.reads,
      arm.cached_percent,
      arm.loads,
      arm.errors,
      arm.verified_stale,
      dollars === null ? null : `$${(1_000 * dollars).toFixed(2)}`,
    ];
  });
  return [
    `${state === "running" ? "running" : "ended"}: ${safe(sentence)}`,
    table(["lifetime", "reads", "cached %", "loads", "errors", "stale", "a million reads"], rows),
    `since ${timeOf(from)}; pairs of slots counted: ${pairs}, left out: ${dropped}`,
    ...(rail === null ? [] : [`harm: ${safe(rail)}`]),
  ].join("\n");
}

async function stop(view: string | undefined, { flags }: Given, context: Context): Promise<Result> {
  if (view === undefined) throw new UsageError("name a view: experiment stop VIEW");
  const [found] = await reports(view, context);
  if (found?.state !== "running")
    return { data: found ?? null, text: `no experiment on ${safe(view)} is running`, failed: true };
  if (flags["dry-run"]) return { data: found, text: `would end: ${safe(found.sentence)}` };
  await context.confirm(`This ends the experiment: ${safe(found.sentence)}`);
  const path = `${EXPERIMENTS}${encodeURIComponent(view)}/stop/`;
  const ended = context.answers.ExperimentAnswer.parse(await context.api.call("POST", path, {}));
  return {
    data: ended,
    text: `ended: within a minute, new entries of ${safe(view)} have a lifetime of ${ended.usual_seconds} s again`,
  };
}
