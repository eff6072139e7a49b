import type { Action } from "../table/action.ts";
import { update } from "../table/action.ts";
import type { Database } from "../table/database.ts";
import { type Feed, feedIds, keys, pks } from "../table/keys.ts";
import { entityAt } from "../table/key-prefixes.ts";
import { getItems, getStored, parseEach, query } from "../table/read-items.ts";
import { isCount } from "../table/stored.ts";
import { transact } from "../table/transact.ts";
import { LANGUAGE_PREFIX, PLATFORM_PREFIX } from "../user/user.ts";
import { type FeedShape, shardOf } from "./feed-shape.ts";
import { History } from "./history.ts";
import { repairRuns } from "../problem/problem-runs.ts";
import { mendCounts } from "./mend-counts.ts";

/**
 * Repairs stored counts that made DynamoDB refuse a write: invalid and missing ones, and those under a former pair.
 * The caller then tries again.
 */
export async function repairRefused(
  db: Database,
  refused: readonly Action[],
  { id, sub, shape, problem }: { id: number; sub: string; shape: FeedShape; problem?: number },
): Promise<void> {
  const refusedAt = refused.map(({ Update }) => String(Update?.Key?.["pk"]));
  const entities = refused.map(({ Update }) => {
    const { pk, sk } = Update?.Key ?? {};
    return entityAt({ pk: String(pk), sk: String(sk) });
  });
  if (entities.includes("user_stats")) await repairStats(db, sub);
  if (problem !== undefined && entities.includes("problem_runs")) await repairRuns(db, problem, id);
  const counted = refusedAt.filter((_, index) => entities[index] === "feed_counts");
  const feeds: Feed[] = [{ kind: "public" }, ...ownFeeds(sub)];
  for (const feed of feeds) {
    const places = [pks.feed(feed), pks.feedCounters(feed, shardOf(shape, feed, id))];
    if (counted.some((pk) => places.includes(pk))) await mendCounts(db, feed, id, shape);
  }
}

const ownFeeds = (sub: string): Feed[] => [
  { kind: "own_public", sub },
  { kind: "own_private", sub },
];

/**
 * Replaces a user's totals that are invalid. While a total is invalid, no execution is added to it, so the totals computed
 * here stay correct until they are written.
 */
async function repairStats(db: Database, sub: string): Promise<void> {
  const key = keys.userStats(sub);
  const stored = await getStored(db, key);
  const nonsense = Object.keys(stored ?? {}).filter(
    (name) => isTotal(name) && !isCount(stored?.[name]),
  );
  if (nonsense.length === 0) return;
  const right = await countTotals(db, sub);
  const set = Object.fromEntries(nonsense.map((name) => [name, right.get(name) ?? 0]));
  const equals = Object.fromEntries(nonsense.map((name) => [name, stored?.[name]]));
  await transact(db, [update(db, key, "user_stats", { set }, { equals })]);
}

const isTotal = (name: string): boolean =>
  /^(total_executions|passed_executions|failed_executions|total_problems)$/.test(name) ||
  name.startsWith(PLATFORM_PREFIX) ||
  name.startsWith(LANGUAGE_PREFIX);

/** A user's totals, counted from all of their readable executions. */
async function countTotals(db: Database, sub: string): Promise<ReadonlyMap<string, number>> {
  const entries = await Promise.all(
    ownFeeds(sub).map((feed) => query(db, { pk: pks.feed(feed), between: feedIds(0) })),
  );
  const ids = entries.flat().map((entry) => keys.history(Number(entry.sk)));
  const rows = parseEach(db, await getItems(db, ids), History).filter((row) => row !== undefined);
  const names = rows.flatMap(({ failed_count, platform, language }) => [
    "total_executions",
    failed_count === 0 ? "passed_executions" : "failed_executions",
    PLATFORM_PREFIX + platform,
    LANGUAGE_PREFIX + language,
  ]);
  const totals = new Map([["total_problems", new Set(rows.map(({ problem }) => problem)).size]]);
  for (const name of names) totals.set(name, (totals.get(name) ?? 0) + 1);
  return totals;
}
