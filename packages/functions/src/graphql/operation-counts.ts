import type { Answer } from "@algoitny/cache/graphql";
import {
  createPublishedCounts,
  type PublishedCountsOptions,
} from "../popularity/published-counts.ts";
import type { SharedCounts } from "../popularity/shared-counts.ts";

/** Outcomes of an operation; `uncached`: a mutation, an answer with errors, or one that may not be stored. */
const OUTCOMES = ["hit", "stale", "miss", "bypass", "uncached"] as const;
type Outcome = (typeof OUTCOMES)[number];

/** Highest number of counts requested: those of 40 operations with every outcome. */
const MOST_COUNTS = 200;

/** Operation as operators see it. */
export type CountedOperation = { operation: string; requests: number } & Record<Outcome, number>;

/** Name for operations without a name. */
const UNNAMED = "(unnamed)";

/** The name of an operation; undefined if it has none, or a longer one than people choose. */
export function nameOf({ operationName }: Pick<Answer, "operationName">): string | undefined {
  return operationName !== null && /^\w{1,64}$/.test(operationName) ? operationName : undefined;
}

/**
 * Makes a counter of answers by the operation's name and outcome, never by its variables. It publishes the counts after
 * an answer that is not a hit, once a minute at most. The counts are in Redis rather than CloudWatch: clients choose the
 * names, and CloudWatch bills each as a metric. Redis keeps only the 500 largest of an hour. Refused documents are not
 * counted.
 */
export function countOperations(options: PublishedCountsOptions) {
  const own = createPublishedCounts(options);
  return async (answer: Answer): Promise<void> => {
    const outcome = outcomeOf(answer);
    if (outcome === undefined) return;
    own.add(`${outcome} ${nameOf(answer) ?? UNNAMED}`);
    if (outcome !== "hit") await own.publish();
  };
}

function outcomeOf(answer: Answer): Outcome | undefined {
  if ("reading" in answer) return answer.reading.status;
  return answer.result.data === undefined ? undefined : "uncached";
}

/** Operations of the last hour or two, the most frequent first. */
export async function topOperations(
  counts: Pick<SharedCounts, "top">,
): Promise<CountedOperation[]> {
  const found = new Map<string, CountedOperation>();
  for (const [key, count] of await counts.top(MOST_COUNTS)) {
    const [, given, operation] = /^(\w+) (.*)$/s.exec(key) ?? [];
    const outcome = OUTCOMES.find((each) => each === given);
    if (outcome === undefined || operation === undefined) continue;
    const known = found.get(operation) ?? { ...NOTHING, operation };
    known[outcome] += count;
    known.requests += count;
    found.set(operation, known);
  }
  return [...found.values()].toSorted((left, right) => right.requests - left.requests);
}

const NOTHING = { requests: 0, hit: 0, stale: 0, miss: 0, bypass: 0, uncached: 0 };
