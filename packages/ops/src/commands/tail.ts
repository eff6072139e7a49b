import type * as z from "zod";
import type { SeenRequests } from "@algoitny/functions/openapi/function-answers";
import { type Command, UsageError } from "./ops-command.ts";
import { counted, number, safe } from "./terminal-text.ts";

type SeenRequest = z.output<typeof SeenRequests>["requests"][number];

const OUTCOMES = ["hit", "stale", "miss", "bypass"];

/** Number of remembered ids: more than two queries return. */
const MOST_IDS = 1_000;

export const tail: Command = {
  summary: "show requests as they arrive, one per line, each with its outcome",
  teaches: `Shows the requests of the last ten seconds, and with --watch the following ones until Ctrl-C; with --json one
document per query. Each line has the time, the endpoint, the outcome, the milliseconds in the function, the status of
an error, the reason of a miss, and the numbers of database reads and invalidated tags. It contains nothing about the user,
and of the key only its id, which \`explain KEY\` shows too. Operators' requests and health checks are not shown. On a
deployed stage, a line appears some seconds after its request.`,
  flags: {
    outcome: {
      type: "string",
      value: "NAME",
      help: `only requests with this outcome: ${OUTCOMES.join(", ")}`,
    },
    endpoint: {
      type: "string",
      value: "TEXT",
      help: "endpoints with this in their name: problems/{id}",
    },
  },
  examples: ["tail --watch", "tail --outcome miss --watch"],
  watches: true,
  async run({ flags: { outcome, endpoint = "", watch } }, { api, memory, answers, note }) {
    if (outcome !== undefined && !OUTCOMES.includes(String(outcome)))
      throw new UsageError(`--outcome ${String(outcome)}: write ${OUTCOMES.join(", ")}`);
    const asked = new URLSearchParams({
      ...(outcome !== undefined && { outcome: String(outcome) }),
      ...(memory.has("from") && { from: String(memory.get("from")) }),
    });
    const path = `/api/ops/requests/${asked.size > 0 ? `?${asked.toString()}` : ""}`;
    const { requests, next_from: next } = answers.SeenRequests.parse(await api.call("GET", path));
    const known = (memory.get("ids") ?? []) as string[];
    const fresh = requests.filter(
      ({ id, endpoint: name }) => !known.includes(id) && name.includes(String(endpoint)),
    );
    if (fresh.length === 0 && !memory.has("from"))
      note(
        `no request to show from the last ten seconds (operators' requests and health checks are not shown); ${watch ? "waiting" : "--watch waits for the next one"}`,
      );
    memory.set("from", next);
    memory.set("ids", [...known, ...fresh.map(({ id }) => id)].slice(-MOST_IDS));
    return { data: { requests: fresh }, text: fresh.map(lineOf).join("\n") };
  },
};

function lineOf(request: SeenRequest): string {
  const { at, endpoint, outcome, reason, ms, failed, status, key_id: keyId } = request;
  const { database_reads: reads, tags_invalidated: tags } = request;
  const what = failed ? "failed" : (outcome ?? "-");
  const facts = [
    ...(status === null ? [] : [String(status)]),
    ...(reason === null ? [] : [reason]),
    ...(reads > 0 ? [counted(reads, "read")] : []),
    ...(tags > 0 ? [`${counted(tags, "tag")} invalidated`] : []),
    ...(keyId === null ? [] : [`key ${safe(keyId)}`]),
  ];
  const time = new Date(at).toTimeString().slice(0, 8);
  return `${time} ${safe(endpoint).padEnd(44)} ${what.padEnd(6)} ${`${number(ms)} ms`.padStart(10)}  ${facts.join(", ")}`.trimEnd();
}
