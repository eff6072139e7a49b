/**
 * One fault that numbers can show, in the wording for page, command line, alarms and guide. Plain data, because stacks
 * read it too.
 */
export interface FindingText {
  /** Its heading, and the first words of its sentence. */
  title: string;
  /** Explanation for an operator who sees it for the first time. */
  means: string;
  /** Command that confirms it. */
  check: string;
  /** Remedies, in the order in which to try them. */
  todo: string;
  /** Next step if that does not help. */
  otherwise: string;
  /** Findings that it explains: they are omitted while it is present. */
  hides: readonly string[];
}

/** Every finding, the most serious first. */
export const findingTexts = {
  "redis-down": {
    title: "Redis does not answer",
    means:
      "Requests cannot use the cache and are answered from DynamoDB, with at most 20 concurrent loads per process, and at most 20 more for the entries that these loads read through the cache. Nothing stale is served.",
    check: "npm run ops -- doctor",
    todo: "Look at the state and the budget of Redis at Upstash; a recreated database has another address and token: set them (secrets RedisUrl and RedisToken), and deploy.",
    otherwise:
      "Leave it: the breaker tries Redis again every few seconds. If DynamoDB becomes slow, allow fewer reads per second (`functions/deployment/throttle.ts`), and deploy.",
    hides: [
      "redis-slow",
      "redis-refuses",
      "hit-ratio-low",
      "database-slow",
      "readers-wait",
      "changes-late",
      "beat-missing",
      "records-come-again",
      "requests-fail",
      "monitor-idle",
    ],
  },
  "changes-late": {
    title: "Changes are late",
    means:
      "The table's stream does not deliver changes to the cache. Writes through the API still show at once; other writes appear after at most 150 seconds, because older entries are loaded again; in lists after at most 305, because a list is computed from other entries.",
    check: "npm run ops -- doctor",
    todo: "Look at the log of stream/invalidate and at its event source mapping: disabled, throttled, or failing at one record.",
    otherwise:
      "`npm run ops -- clear` makes readers load the table's current data; later changes are late again.",
    hides: ["hit-ratio-low", "records-come-again", "hits-stale"],
  },
  "hits-stale": {
    title: "Hits show old data",
    means:
      "A minute or more after a change of the table (10 seconds if their lifetime is below two minutes), checked hits still had the old data, and were not invalidated: a rule of core/invalidation-rules.ts is missing.",
    check: "npm run ops -- stats --since 1h",
    todo: "The log of queue/verify-hits names the view and the key: compare the view's loader with the rules of the entities that it reads. `npm run ops -- invalidate --tag @resource:VIEW`, with the view's name for VIEW (for lists also `--tag @resource:problem_segment`), corrects what readers see now; repeat it after further changes, until the rule is added.",
    otherwise: "docs/operations.md, *Checked hits*; `npm run ops -- clear` invalidates everything.",
    hides: [],
  },
  "beat-missing": {
    title: "The beat has stopped",
    means:
      "The schedule that confirms changes does not run: entries are loaded again once they are 150 seconds old, so there are more misses.",
    check: "npm run ops -- doctor",
    todo: "Check that the schedule Beat is enabled, and look at the log of schedule/send-beat.",
    otherwise: "Messages in the queue MissedRuns say why runs did not arrive.",
    hides: ["hit-ratio-low"],
  },
  "redis-slow": {
    title: "Redis is slow",
    means:
      "Answers from the cache take longer than usual. After the time limit (500 ms by default) requests bypass the cache.",
    check: "npm run ops -- doctor",
    todo: "Look at the load and the throughput limits of Redis at Upstash; `npm run ops -- explain KEY` shows the size of an entry; `npm run ops -- top` lists the most read entries of `problem_detail`.",
    otherwise: "Lower CACHE_STORE_TIMEOUT_MS: requests then wait less before they go to DynamoDB.",
    hides: [],
  },
  "redis-refuses": {
    title: "Redis refuses operations",
    means:
      "Reads work, but some operations fail: usually Redis is full or the token is read-only. Invalidations remove keys and work in a full Redis; a read-only token refuses them too.",
    check: "npm run ops -- doctor",
    todo: "At Upstash, give Redis more memory and turn eviction on. If the token is read-only, set one that may write (secret RedisToken), and deploy.",
    otherwise:
      "`npm run ops -- invalidate --pattern 'problem_list:p*'` removes stored lists and searches, which frees their memory at once; it examines 50,000 keys at most. Keep the `:p`: `'problem_list*'`, which covers the whole view, `--tag` and `clear` only invalidate entries, which keep their memory until they expire.",
    hides: [],
  },
  "database-down": {
    title: "The database fails",
    means:
      "Loads fail. Stored entries are served for an hour past their lifetime; reads of other entries get errors of 500 and above.",
    check: "npm run ops -- stats --since 15m",
    todo: "Look at DynamoDB: throttled requests, the table's state, the rights of the functions.",
    otherwise: "docs/operations.md, *Restoring the table*.",
    hides: ["database-slow", "hit-ratio-low", "requests-fail", "readers-wait", "monitor-idle"],
  },
  "database-slow": {
    title: "Loads are slow",
    means: "Loads take longer than usual: requests that miss wait for them.",
    check: "npm run ops -- stats --since 15m --by endpoint",
    todo: "Look at DynamoDB's latency and throttled requests, and find the endpoint whose misses are slow.",
    otherwise:
      "`npm run ops -- warm` loads what plans keep warm (core/warming.ts), so that no reader waits for it.",
    hides: ["readers-wait"],
  },
  "invalidation-storm": {
    title: "Invalidations empty the cache",
    means:
      "Far more tags are invalidated than usual, which causes misses: an import, a script that writes, or a rule that invalidates too much.",
    check: "npm run ops -- stats --since 15m",
    todo: "Find the writer: the log of stream/invalidate has the number of records and tags of each batch. An import ends by itself.",
    otherwise:
      "`Cache-Debug: 1` on an admin's write shows its tags; compare them with core/invalidation-rules.ts.",
    hides: ["hit-ratio-low", "readers-wait"],
  },
  "readers-wait": {
    title: "Readers wait for a load",
    means:
      "Many requests wait for the load of the same entry: a frequently read entry is missing again and again.",
    check: "npm run ops -- stats --since 15m",
    todo: "Look at the reasons of the misses. `invalidated`: find the writer, since warming cannot help; `expired` or `absent`: `npm run ops -- warm` loads what a plan keeps warm (core/warming.ts), and `npm run ops -- top` lists the most read entries of `problem_detail`.",
    otherwise:
      "Lengthen the view's lifetime (CACHE_<CLASS>_TTL, with its class in core/ttl.ts), or add the view to a plan in core/warming.ts.",
    hides: ["hit-ratio-low"],
  },
  "new-code": {
    title: "New code reads old entries",
    means:
      "Entries were stored by another version of the code: each is loaded again, once. After a deployment that changed a view this passes within minutes.",
    check: "npm run ops -- stats --since 15m",
    todo: "Wait; `npm run ops -- warm` loads what plans keep warm before readers do.",
    otherwise:
      "If it does not pass, two versions run side by side: look at the functions' code hashes.",
    hides: ["hit-ratio-low"],
  },
  "hit-ratio-low": {
    title: "Fewer answers come from the cache",
    means: "The share of requests that are answered from the cache is far below the usual one.",
    check: "npm run ops -- stats --since 1h",
    todo: "Look at the reasons of the misses: `expired` calls for longer lifetimes or warming, `invalidated` for fewer invalidations, `absent` for more memory, unless the mix of requests has changed. `--by endpoint` shows which endpoints miss.",
    otherwise: "Look for evictions at Upstash; if there are any, give Redis more memory.",
    hides: [],
  },
  "redis-reset": {
    title: "Redis came back with older data",
    means:
      "Redis was restarted, restored or replaced. Everything was invalidated, and is loaded again.",
    check: "npm run ops -- doctor",
    todo: "Do nothing. If it happens every minute, two stages share a Redis database.",
    otherwise: "Give each stage a separate Redis database.",
    hides: ["hit-ratio-low"],
  },
  "records-come-again": {
    title: "Records come again",
    means: "Stream records or messages of a queue fail, and are retried.",
    check: "npm run ops -- doctor",
    todo: "Look at the logs of stream/invalidate and queue/*: each names the failure.",
    otherwise: "docs/operations.md, *The stream's failure path*.",
    hides: [],
  },
  "warming-fails": {
    title: "Warming fails",
    means: "Entries that plans keep warm could not be loaded: their first reader waits.",
    check: "npm run ops -- warm --dry-run",
    todo: "The log of schedule/warm-problems and schedule/warm-user-stats names the entry and the error.",
    otherwise: "`npm run ops -- warm PLAN --json` runs one plan now and lists what failed.",
    hides: [],
  },
  "monitor-idle": {
    title: "Hits are not checked",
    means:
      "There were hits for an hour, but none of them was compared with the table, so they may show old data unnoticed.",
    check: "npm run ops -- stats --since 3h",
    todo: "Look at the queue Verifications and at the log of queue/verify-hits; with CACHE_VERIFY_PER_MINUTE=0 no hit is checked.",
    otherwise: "docs/operations.md, *Checked hits*.",
    hides: [],
  },
  "requests-fail": {
    title: "Requests fail",
    means: "Answers of 500 and above, or invocations that failed.",
    check: "npm run ops -- stats --since 15m --by endpoint",
    todo: "Look for the endpoint, then for `request failed` in its function's log: `npm run trace` resolves the stack.",
    otherwise: "Deploy the last version that worked.",
    hides: [],
  },
} as const satisfies Record<string, FindingText>;

export type FindingId = keyof typeof findingTexts;

/** Description of an alarm: title, meaning and remedy of its finding. */
export function alarmText(id: FindingId): string {
  const { title, means, todo } = findingTexts[id];
  return `${title}. ${means} ${todo}`;
}
