import { countItems, type Counted } from "@algoitny/core/history/convert-feeds";
import {
  addTo,
  type Counts,
  FEED_SHAPE,
  rangeOf,
  shardOf,
  shardsOf,
} from "@algoitny/core/history/feed-shape";
import { toItem } from "@algoitny/core/table/action";
import type { Database, Item } from "@algoitny/core/table/database";
import { type Feed, feedIds, keys, partitionsUpTo, pks } from "@algoitny/core/table/keys";
import { eachOf, getStored, query } from "@algoitny/core/table/read-items";
import type { DirectWriter } from "./engine-file.ts";

/** Number of copied executions after which the counter is updated: an interrupted run continues from there. */
const AT_ONCE = 5_000;

interface Copies {
  /** Highest id that the application has used. */
  readonly recordedTo: number;
  /** Highest id of a copy. */
  readonly to: number;
  /** Executions that the application has recorded, one for each problem in turn. */
  readonly recorded: number;
  readonly problems: number;
  readonly sub: string;
}

/**
 * Adds copies of executions that the application has recorded, with all items that it would have written: their rows,
 * their entries in both feeds, and all counts. Only the detail is left out, which single executions show. An interrupted
 * run can be continued.
 */
export async function copyExecutions(
  db: Database,
  writer: DirectWriter,
  { recordedTo, to, recorded, problems, sub }: Copies,
  progress: (text: string) => void,
): Promise<void> {
  const heads = await readHeads(db, problems);
  const counter = keys.counter("history");
  const last = Number((await getStored(db, counter))?.["last"]);
  const source = await lastRecorded(db, recordedTo);
  for (let from = last + 1; from <= to; from += AT_ONCE) {
    progress(`execution ${from} of ${to}`);
    const end = Math.min(to, from + AT_ONCE - 1);
    const ids = Array.from({ length: end - from + 1 }, (_, index) => from + index);
    writer.put([
      ...ids.flatMap((id) => itemsOf(source, headOf(heads, id), { id, sub })),
      toItem(counter, "counter", { last: end }),
    ]);
  }
  progress("counts");
  const copied = new Map(heads.map((head) => [head, 0]));
  for (let id = recordedTo + 1; id <= to; id += 1) {
    const head = headOf(heads, id);
    copied.set(head, (copied.get(head) ?? 0) + 1);
  }
  writer.put(heads.map((head) => ({ ...head, execution_count: copied.get(head) })));
  const executed = heads.map((head, index) => {
    const own = Math.ceil((recorded - index) / problems);
    return { platform: String(head["platform"]), runs: Math.max(0, own) + (copied.get(head) ?? 0) };
  });
  writer.put([
    ...heads.map(({ id }) =>
      toItem(keys.userProblem(sub, Number(id)), "user_problem", { sub, problem: id }),
    ),
    toItem(keys.userStats(sub), "user_stats", { sub, ...totalsOf(executed, source) }),
  ]);
  const feeds = feedsOf(sub);
  // Removes the counters that the application has written for the first ids: complete ones are written below.
  for (const feed of feeds)
    writer.remove(
      Array.from({ length: shardsOf(FEED_SHAPE, feed) }, (_, shard) =>
        keys.feedCounter(feed, 0, shard),
      ),
    );
  const own = query(db, { pk: pks.feed(feeds[1]), between: feedIds(0, recordedTo) });
  const ids = (await own).map((entry) => Number(entry["id"]));
  for (let id = recordedTo + 1; id <= to; id += 1) ids.push(id);
  writer.put(feeds.flatMap((feed) => countItems(countedIn(feed, ids), FEED_SHAPE)));
}

/** Feeds of a public execution. */
const feedsOf = (sub: string): [Feed, Feed] => [{ kind: "public" }, { kind: "own_public", sub }];

function countedIn(feed: Feed, ids: readonly number[]): Counted {
  const shards = Array.from({ length: shardsOf(FEED_SHAPE, feed) }, (): Counts => new Map());
  for (const id of ids)
    addTo(shards[shardOf(FEED_SHAPE, feed, id)] as Counts, rangeOf(FEED_SHAPE, id), 1);
  return { feed, shards };
}

async function lastRecorded(db: Database, highest: number): Promise<Item> {
  for (let id = highest; id > 0; id -= 1) {
    const found = await getStored(db, keys.history(id));
    if (found) return found;
  }
  throw new Error("no execution to copy");
}

async function readHeads(db: Database, problems: number): Promise<Item[]> {
  const pages = await eachOf(partitionsUpTo(problems), (each) =>
    query(db, { pk: pks.problems(each) }),
  );
  return pages.flat().toSorted((one, other) => Number(one["id"]) - Number(other["id"]));
}

const headOf = (heads: readonly Item[], id: number): Item => heads[id % heads.length] as Item;

function itemsOf(source: Item, head: Item, { id, sub }: { id: number; sub: string }) {
  const { pk: _pk, sk: _sk, entity: _entity, ...row } = source;
  return [
    toItem(keys.history(id), "history", {
      ...row,
      id,
      problem: head["id"],
      platform: head["platform"],
      problem_number: head["problem_id"],
      problem_title: head["title"],
    }),
    ...feedsOf(sub).map((feed) =>
      toItem(keys.feedEntry(feed, id), "feed_entry", {
        feed: feed.kind,
        id,
        ...(feed.kind !== "public" && { sub }),
      }),
    ),
  ];
}

interface Executed {
  readonly platform: string;
  readonly runs: number;
}

function totalsOf(executed: readonly Executed[], source: Item): Record<string, number> {
  const totals: Record<string, number> = { total_problems: executed.length };
  const add = (name: string, runs: number) => (totals[name] = (totals[name] ?? 0) + runs);
  for (const { platform, runs } of executed) {
    add("total_executions", runs);
    add("passed_executions", runs);
    add(`platform#${platform}`, runs);
    add(`language#${String(source["language"])}`, runs);
  }
  return totals;
}
