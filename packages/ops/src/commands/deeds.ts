import { setTimeout as delay } from "node:timers/promises";
import { planNames } from "@algoitny/core/timetable";
import type { Invalidated } from "@algoitny/functions/openapi/function-answers";
import { type Command, type Context, type Given, type Result, UsageError } from "./ops-command.ts";
import { number, safe } from "./terminal-text.ts";

const INVALIDATE = "/api/ops/cache/invalidate/";
const DRY_RUN = { type: "boolean", help: "show what it would do, and change nothing" } as const;
const YES = { type: "boolean", help: "do not ask for confirmation" } as const;

export const invalidate: Command = {
  summary: "invalidate entries by tag, key, pattern, problem or user",
  teaches: `Every change in DynamoDB invalidates the views that show it, whichever program writes. This command is for
changes that the rules cannot see: a fixed bug, a restored backup. It first shows what it would invalidate, and asks for
confirmation.`,
  flags: {
    tag: {
      type: "string",
      multiple: true,
      value: "TAG",
      help: "problem:7, history_public, @resource:problem_list; may be repeated",
    },
    key: {
      type: "string",
      multiple: true,
      value: "KEY",
      help: "one entry, as `keys` lists it; may be repeated",
    },
    pattern: { type: "string", value: "GLOB", help: "keys that match: 'problem_list*'" },
    problem: { type: "string", value: "ID", help: "every view that shows the problem" },
    user: {
      type: "string",
      value: "SUB",
      help: "every view that shows the user, by the subject of their tokens",
    },
    soft: {
      type: "boolean",
      help: "entries may still be served as stale while they are refreshed; not for --key or --pattern",
    },
    async: {
      type: "boolean",
      help: "as a job in a queue: for a pattern whose search of the store takes over 10 seconds",
    },
    via: {
      type: "string",
      value: "queue",
      help: "bypass the API, with your AWS credentials: for when the API or its issuer is down",
    },
    "dry-run": DRY_RUN,
    yes: YES,
  },
  examples: ["invalidate --problem 7 --dry-run", "invalidate --pattern '*:page:1' --async"],
  async run({ flags }, context) {
    const request = requestOf(flags);
    if (flags["via"] !== undefined) return viaQueue(request, flags, context);
    const post = async (dry: boolean) =>
      context.answers.Invalidated.parse(
        await context.api.call("POST", INVALIDATE, { ...request, dry_run: dry }),
      );
    const planned = await post(true);
    if (flags["dry-run"]) return { data: planned, text: `would invalidate ${whatOf(planned)}` };
    await context.confirm(`This invalidates ${whatOf(planned)}.`);
    if (flags["async"]) return followJob(request, context);
    const done = await post(false);
    return { data: done, text: `invalidated: ${whatOf(done)}` };
  },
};

/** Puts the request into the queue; without a preview, because the API is not asked for the entries. */
async function viaQueue(
  request: object,
  { via, async: later, ...flags }: Given["flags"],
  { stage, env, confirm }: Context,
): Promise<Result> {
  if (via !== "queue") throw new UsageError(`--via ${String(via)}: the only value is "queue"`);
  if (later || flags["dry-run"])
    throw new UsageError("--via queue bypasses the API: leave out --async and --dry-run");
  await confirm(`This puts ${JSON.stringify(request)} into the queue of ${stage.name}.`);
  const { invalidateViaQueue } = await import("./via-queue.ts");
  return invalidateViaQueue(request, stage.name, env);
}

function requestOf({ tag, key, pattern, problem, user, soft }: Given["flags"]) {
  if (problem !== undefined && !/^[1-9]\d*$/.test(String(problem)))
    throw new UsageError(`--problem ${String(problem)}: write its id, a whole number`);
  const request = {
    ...(tag !== undefined && { tags: tag }),
    ...(key !== undefined && { keys: key }),
    ...(pattern !== undefined && { pattern }),
    ...(problem !== undefined && { problem_id: Number(problem) }),
    ...(user !== undefined && { user_id: user }),
  };
  if (Object.keys(request).length === 0)
    throw new UsageError("say what to invalidate: --tag, --key, --pattern, --problem or --user");
  return { ...request, ...(soft === true && { soft }) };
}

function whatOf({ tags, keys, pattern }: ReturnType<typeof Invalidated.parse>): string {
  const some = (names: readonly string[], noun: string) => {
    if (names.length === 0) return [];
    const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
    return [
      `${names.length} ${noun}${names.length === 1 ? "" : "s"} (${names.slice(0, 5).map(safe).join(", ")}${more})`,
    ];
  };
  const walked = pattern
    ? [...some(pattern.resources, "whole view"), `${number(pattern.entries)} entries by pattern`]
    : [];
  return [...some(tags, "tag"), ...some(keys, "key"), ...walked].join("; ");
}

async function followJob(request: object, { api, note, answers }: Context): Promise<Result> {
  const asked = await api.call("POST", INVALIDATE, { ...request, async: true });
  let job = answers.InvalidationJobAnswer.parse(asked);
  while (job.status === "waiting" || job.status === "running") {
    note(`${job.status}, ${number(job.entries ?? 0)} entries`);
    await delay(1_000);
    job = answers.InvalidationJobAnswer.parse(
      await api.call("GET", `/api/ops/cache/invalidations/${job.id}/`),
    );
  }
  const text = `${job.status}: ${number(job.entries ?? 0)} entries${job.error ? `, ${safe(job.error)}` : ""}`;
  return { data: job, text, failed: job.status === "failed" };
}

export const clear: Command = {
  summary: "invalidate every entry",
  teaches: `Every entry is invalidated with one command, and is loaded again at its next read: the database has more
load for some minutes.`,
  flags: { "dry-run": DRY_RUN, yes: YES },
  examples: ["clear --dry-run", "clear"],
  async run({ flags }, { api, confirm, answers }) {
    if (flags["dry-run"]) {
      const data = answers.CacheStats.parse(await api.call("GET", "/api/ops/cache/stats/"));
      return { data, text: `would invalidate ${number(data.entries)} entries` };
    }
    await confirm("This invalidates everything that is stored.");
    const data = await api.call("POST", "/api/ops/cache/clear/", {});
    return { data, text: "everything is invalidated" };
  },
};

/** Highest number of consecutive warming requests while entries are left: each has 10 seconds. */
const MOST_RUNS = 60;

export const warm: Command = {
  summary: "load the entries that plans keep warm",
  words: "[PLAN]",
  mostWords: 1,
  teaches: `Plans: ${planNames.join(", ")}.
All of them unless one is named. Only entries that are missing or near their end are loaded, through the lease that
readers use. It continues until nothing is left, for about 10 minutes at most.`,
  flags: { "dry-run": DRY_RUN },
  examples: ["warm problem_lists", "warm --dry-run"],
  async run({ words: [plan], flags }, { api, note }) {
    const { warmingText } = await import("../warming-text.ts");
    if (plan !== undefined && !planNames.some((name) => name === plan))
      throw new UsageError(`no plan ${plan}: there are ${planNames.join(", ")}`);
    const body = { ...(plan !== undefined && { plan }), dry_run: flags["dry-run"] === true };
    for (let run = 1; ; run += 1) {
      const data = await api.call("POST", "/api/ops/cache/warm/", body);
      const { state } = data as { state?: string };
      const text = warmingText(data) ?? JSON.stringify(data);
      if (state !== "unfinished" || body.dry_run || run === MOST_RUNS)
        return { data, text, failed: state !== "done" && !body.dry_run };
      note(text);
    }
  },
};
