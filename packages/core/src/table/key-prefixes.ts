import type { EntityName } from "./entities.ts";
import type { Key } from "./keys.ts";

/**
 * Entity → prefixes of its items' keys; if several match, the first. Only the key determines an item's entity: an
 * attribute may be missing or wrong in manually written items. `keys.ts` builds the keys; a test compares both.
 */
export const keyPrefixes: Readonly<Record<EntityName, Key>> = {
  problem: { pk: "PROBLEMS#", sk: "" },
  problem_body: { pk: "BODIES#", sk: "" },
  problem_key: { pk: "PROBLEMKEY#", sk: "KEY" },
  problem_runs: { pk: "RUNS#", sk: "" },
  test_cases: { pk: "PROBLEM#", sk: "TESTCASES" },
  test_case: { pk: "PROBLEM#", sk: "TESTCASE#" },
  history: { pk: "HISTORY#", sk: "HISTORY" },
  history_detail: { pk: "HISTORY#", sk: "DETAIL" },
  feed_counts: { pk: "FEED#", sk: "COUNTS" },
  feed_entry: { pk: "FEED#", sk: "" },
  user: { pk: "USER#", sk: "USER" },
  user_stats: { pk: "USER#", sk: "STATS" },
  user_problem: { pk: "USER#", sk: "PROBLEM#" },
  user_active: { pk: "ACTIVE#", sk: "" },
  problem_counter: { pk: "COUNTER#problem", sk: "COUNTER" },
  counter: { pk: "COUNTER#", sk: "COUNTER" },
  format: { pk: "FORMAT", sk: "FORMAT" },
  invalidation_job: { pk: "INVALIDATION#", sk: "JOB" },
  probe: { pk: "PROBE#", sk: "PROBE" },
  beat: { pk: "BEAT", sk: "BEAT" },
  experiment: { pk: "EXPERIMENTS", sk: "" },
};

/** Entity of the item with this key; undefined when no entity has such keys. */
export function entityAt({ pk, sk }: Key): EntityName | undefined {
  const [entity] =
    Object.entries(keyPrefixes).find(
      ([, place]) => pk.startsWith(place.pk) && sk.startsWith(place.sk),
    ) ?? [];
  return entity as EntityName | undefined;
}
