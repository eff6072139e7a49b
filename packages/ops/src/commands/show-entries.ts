import type { Explained } from "@algoitny/functions/openapi/function-answers";
import { type Command, UsageError } from "./ops-command.ts";
import { number, safe, table, timeOf } from "./terminal-text.ts";

const OUTCOMES = ["requests", "hit", "stale", "miss", "bypass", "uncached"] as const;

export const top: Command = {
  summary:
    "list the details of problems that are read most, and the GraphQL operations that are sent most",
  teaches: `Reads of the last hour or two, as the processes counted them. A process publishes its counts at a miss, at most
once a minute: until then they are missing here, and they are lost if the process ends. The plan most_read warms the first 20 that visitors can see.`,
  flags: { n: { type: "string", short: "n", value: "N", help: "number of rows (20)" } },
  examples: ["top", "top -n 5 --watch"],
  watches: true,
  async run({ flags }, { api, answers, note }) {
    const most = Number(flags["n"] ?? 20);
    if (!Number.isInteger(most) || most < 1)
      throw new UsageError("-n: write a whole number above 0");
    const found = answers.TopKeys.parse(await api.call("GET", "/api/ops/cache/top/"));
    const keys = found.keys.slice(0, most);
    const operations = found.operations.slice(0, most);
    const keyRows = keys.map(({ key, reads, share_percent: share }) => [key, reads, share]);
    const operationRows = operations.map((each) => [
      each.operation,
      ...OUTCOMES.map((name) => each[name]),
    ]);
    if (keys.length + operations.length === 0)
      note("no process has published reads of the last hour");
    const tables = [
      table(["key", "reads", "share %"], keyRows),
      ...(operationRows.length > 0
        ? [table(["GraphQL operation", ...OUTCOMES], operationRows)]
        : []),
    ];
    return { data: { keys, operations }, text: tables.join("\n\n") };
  },
};

/** Number of keys at which the listing ends. */
const MOST_KEYS = 10_000;

export const keys: Command = {
  summary: "list the stored entries whose keys match a pattern",
  words: "[PATTERN]",
  mostWords: 1,
  teaches: `A glob over keys: problem_list* is a whole view, *:page:1 the first pages. A walk over the store costs one command
per thousand keys in Redis, whatever the pattern.`,
  flags: { tree: { type: "boolean", help: "numbers of keys by their parts" } },
  examples: ["keys 'problem_list*'", "keys --tree"],
  async run({ words: [pattern = "*"], flags }, { api, note, answers }) {
    const found: string[] = [];
    let cursor = "0";
    do {
      const path = `/api/ops/cache/keys/?pattern=${encodeURIComponent(pattern)}&cursor=${cursor}`;
      const step = answers.CacheKeys.parse(await api.call("GET", path));
      found.push(...step.keys);
      ({ cursor } = step);
    } while (cursor !== "0" && found.length < MOST_KEYS);
    if (cursor !== "0") note(`there are more than ${number(MOST_KEYS)}: write a narrower pattern`);
    if (found.length === 0) note(`no stored key matches ${safe(pattern)}`);
    const names = found.toSorted();
    return {
      data: { keys: names, complete: cursor === "0" },
      text: flags["tree"] ? treeOf(names) : names.map(safe).join("\n"),
    };
  },
};

function treeOf(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const [resource = "", first = ""] = name.split(":");
    for (const branch of [resource, `${resource}:${first}`])
      counts.set(branch, (counts.get(branch) ?? 0) + 1);
  }
  return table(
    ["keys", "number"],
    [...counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([branch, count]) => [branch.includes(":") ? `  ${branch}:…` : branch, count]),
  );
}

export const explain: Command = {
  summary:
    "show when an entry was loaded and when it ends, its size, and whether it is being loaded",
  words: "KEY",
  leastWords: 1,
  mostWords: 1,
  teaches: `States by time only: fresh, stale (served while it is refreshed), only if the database fails, ended. "stands in
until" is the end of the time in which the entry is served if its load fails. Lifetimes are up to a tenth shorter or
longer, at random (jitter), so that entries loaded together do not end together. "tags of its value" are those that the
loaded value named, in addition to its view's. Other tags are not stored with the entry, so only the next read
shows whether it was invalidated since. The entry is read with one command, which does not refresh it and
does not count as a read.`,
  examples: ["explain problem_detail:id:7", "explain user_stats:auth0%7C7 --json"],
  async run({ words: [key = ""] }, { api, answers }) {
    const data = answers.Explained.parse(await api.call("GET", pathOf(key)));
    return { data, text: explainedText(data), failed: isAbsent(data) };
  },
};

export const get: Command = {
  summary: "show the value of an entry; for admins, and logged",
  words: "KEY",
  leastWords: 1,
  mostWords: 1,
  teaches: `Values may contain personal data: each use adds a line with your subject to the log of http/ops-entry.`,
  examples: ["get problem_detail:id:7", "get problem_detail:id:7 --json"],
  async run({ words: [key = ""] }, { api, answers }) {
    const data = answers.Explained.parse(await api.call("GET", `${pathOf(key)}&value=true`));
    if (isAbsent(data)) return { data, text: explainedText(data), failed: true };
    const lines = JSON.stringify(data.value, null, 2).split("\n");
    return { data, text: lines.map(safe).join("\n") };
  },
};

const isAbsent = ({ state }: ReturnType<typeof Explained.parse>) => state === "not stored";

const pathOf = (key: string) => `/api/ops/cache/entry/?key=${encodeURIComponent(key)}`;

function explainedText(entry: ReturnType<typeof Explained.parse>): string {
  const { key, state, loading, loaded_at: loadedAt, bytes = 0, coding = "", status } = entry;
  const first = `${safe(key)}: ${state}${loading ? ", being loaded" : ""}. Log lines call this key ${safe(entry.key_id)}.`;
  if (loadedAt === undefined) return first;
  const until = (seconds: number | undefined) => (seconds === undefined ? "–" : timeOf(seconds));
  return [
    first,
    table(
      ["loaded", "fresh until", "stale until", "stands in until"],
      [
        [
          timeOf(loadedAt),
          until(entry.fresh_until),
          until(entry.stale_until),
          until(entry.error_until),
        ],
      ],
    ),
    `load ${number(entry.load_ms ?? 0)} ms, ${number(bytes)} characters stored (${coding})${status === 404 ? ", remembered as not found" : ""}`,
    ...(entry.value_tags && entry.value_tags.length > 0
      ? [`tags of its value: ${entry.value_tags.map(safe).join(", ")}`]
      : []),
  ].join("\n");
}
