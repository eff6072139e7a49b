import type { FindingId } from "@algoitny/functions/findings/finding-texts";
import type { Command, Context } from "./ops-command.ts";
import { number, safe, timeOf } from "./terminal-text.ts";

interface Check {
  name: string;
  result: "ok" | "fault" | "skipped";
  /** Measurement, or the fault found. */
  says: string;
  /** Remedy of a fault. */
  todo?: string;
}

/** Requests by which the round trip to Redis is measured. */
const PINGS = 20;

/** Number of intervals without a beat after which it is late: 3 minutes deployed, where it runs each minute. */
const LATE_INTERVALS = 3;

/** Findings about a Redis that failed, which hold until the failures are some intervals old. */
const OF_REDIS: ReadonlySet<string> = new Set<FindingId>(["redis-down", "redis-refuses"]);
const ENDS = "it works now: this finding ends within minutes";

/** Remedy for a Redis of the local cloud that does not answer. */
const AGAIN =
  "wait for the end of a drill; otherwise the log of `npm run dev` has the command that starts redis-server again";

/** A larger clock difference makes ages and lifetimes look wrong. */
const SKEW_LIMIT_SECONDS = 5;

export const doctor: Command = {
  summary: "run every check and list every finding: ok, or what to do",
  teaches: `Checks both databases, measures the round trip through the API to Redis, compares clocks, reads the last
beat, and lists the findings in the numbers. Exits with 1 if there is a fault. docs/troubleshooting.md has a section for
each finding.`,
  examples: ["doctor", "doctor --json"],
  watches: true,
  async run(_, context) {
    const { findings } = context.answers.FindingsAnswer.parse(
      await context.api.call("GET", "/api/ops/findings/"),
    );
    const services = await health(context);
    const down = services.find(({ result }) => result === "fault");
    const isNamed = findings.some(({ id }) => id === "beat-missing");
    const checks = [
      ...services,
      await roundTrip(context),
      await clock(context),
      await beat(context, down ? `see ${down.name} above` : isNamed ? "see below" : undefined),
    ];
    const answers = services.some(({ name, result }) => name === "redis" && result === "ok");
    const faults = findings.map(({ id, sentence, since, todo }): Check => ({
      name: `since ${timeOf(since)}`,
      result: "fault",
      says: answers && OF_REDIS.has(id) ? `${sentence} (${ENDS})` : sentence,
      todo:
        id === "redis-down" && context.stage.name === "local" ? `${todo} Locally, ${AGAIN}` : todo,
    }));
    const all = [...checks, ...faults];
    const failed = all.some(({ result }) => result === "fault");
    const lines = all.map(
      ({ name, result, says, todo }) =>
        `${result.padEnd(7)} ${name.padEnd(16)} ${safe(says)}${todo === undefined ? "" : `\n        do: ${todo}`}`,
    );
    const end = failed ? [] : ["nothing is wrong"];
    return { data: { checks, findings }, text: [...lines, ...end].join("\n"), failed };
  },
};

async function health({ api, answers, stage }: Context): Promise<Check[]> {
  const answer = await api.send("GET", "/api/health/ready/", { anonymous: true });
  const { data } = answers.HealthAnswer.safeParse(answer.json);
  if (!data)
    return [
      {
        name: "health",
        result: "fault",
        says: `it answers ${answer.status}`,
        todo: "look at the gateway's access log",
      },
    ];
  const refuses = data.checks.redis.includes("refuses");
  const todo = {
    redis:
      !refuses && stage.name === "local"
        ? AGAIN
        : `see docs/troubleshooting.md, Redis ${refuses ? "refuses operations" : "does not answer"}`,
    dynamodb: "look at the table's state: docs/operations.md, Restoring the table",
  };
  return (["redis", "dynamodb"] as const).map((name) => {
    const says = data.checks[name];
    return says === "ok"
      ? { name, result: "ok", says: "answers" }
      : { name, result: "fault", says, todo: todo[name] };
  });
}

/** Each request asks Redis for one absent entry. */
async function roundTrip({ api }: Context): Promise<Check> {
  const times: number[] = [];
  for (let ping = 0; ping < PINGS; ping += 1) {
    const startMs = performance.now();
    const { status } = await api.send("GET", "/api/ops/cache/entry/?key=doctor:ping");
    if (status !== 200)
      return {
        name: "round trip",
        result: "fault",
        says: `Redis gave no answer (${status})`,
        todo: "see redis above",
      };
    times.push(performance.now() - startMs);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const [median = 0, worst = 0] = [sorted[PINGS / 2], sorted.at(-1)];
  return {
    name: "round trip",
    result: "ok",
    says: `${number(median)} ms through the API (median of ${PINGS}; longest ${number(worst)} ms)`,
  };
}

async function clock({ api }: Context): Promise<Check> {
  const { headers } = await api.send("GET", "/api/health/live/", { anonymous: true });
  const theirs = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(theirs))
    return { name: "clock", result: "skipped", says: "the API sends no date" };
  const seconds = Math.round((Date.now() - theirs) / 1_000);
  return Math.abs(seconds) > SKEW_LIMIT_SECONDS
    ? {
        name: "clock",
        result: "fault",
        says: `${seconds} s ahead of the API's`,
        todo: "set this machine's clock",
      }
    : { name: "clock", result: "ok", says: "as the API's" };
}

/** Judges the last beat, unless another line names the fault, and with it the failing beats: `elsewhere` refers to it. */
async function beat({ api, answers }: Context, elsewhere: string | undefined): Promise<Check> {
  const { columns, times, complete, as_of } = answers.MetricsAnswer.parse(
    await api.call("GET", "/api/ops/metrics/?range=15m"),
  );
  const ages = columns["closed_age_ms"] ?? [];
  const last = ages.findLastIndex((value) => value !== null);
  const name = "beat";
  if (last === -1)
    return {
      name,
      result: "skipped",
      says: "none in the last 15 minutes: the stage has just started, or has no schedules",
    };
  const ago = as_of - (times[last] ?? as_of);
  const says = `the last one, at most ${number(ago)} s ago, confirmed all changes older than ${number((ages[last] ?? 0) / 1_000)} s`;
  if (elsewhere !== undefined) return { name, result: "skipped", says: `${says}: ${elsewhere}` };
  const isLate = complete - last > LATE_INTERVALS;
  if (!isLate) return { name, result: "ok", says };
  return { name, result: "fault", says, todo: "look at the log of schedule/send-beat" };
}
