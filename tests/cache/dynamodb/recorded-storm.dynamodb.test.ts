import { Cache, defineResource, MemoryStore, type Resource } from "@algoitny/cache";
import { type FineScope, recorder, streamHandler } from "@algoitny/cache/dynamodb";
import { VirtualClock } from "@algoitny/cache/testing";
import { seededRandom } from "@algoitny/cache/testing/explore";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { scale } from "../../support/scale.ts";
import { openTable } from "./open-table.ts";
import {
  type Draw,
  KINDS,
  randomRead,
  type RandomRead,
  type TableKind,
  textOf,
} from "./random-reads.ts";
import { randomWrite } from "./random-writes.ts";
import { itemsOf, recordsBetween } from "./stream-records.ts";

const { tables, views: viewCount, writes } = scale.recordedStorm;

interface Counts {
  /** True if reader, writer and stream's function name the same kinds of scopes. */
  isAgreed: boolean;
  judged: number;
  hits: number;
  stale: string[];
  /** Entries that writes have invalidated, and answers of views that they have changed. */
  emptied: number;
  changed: number;
}

/** Makes random writes to a table with random views, and checks every view after each write. */
async function storm(seed: number, counts: Counts): Promise<void> {
  const random = seededRandom(seed);
  const draw: Draw = (most) => Math.floor(random() * most);
  const kind = KINDS[seed % KINDS.length] as TableKind;
  const { key } = kind.shape;
  await using table = await openTable(kind.shape);
  const { client, plain, name } = table;
  const keys = draw(2) ? { [name]: key } : {};
  const scopes = randomScopes(draw);
  const isAgreed = draw(2) === 0;
  const othersScopes = () => ({ scopes: isAgreed ? scopes : randomScopes(draw) });
  const reading = recorder(client, { keys, scopes });
  const dynamodb = recorder(client, { keys, ...othersScopes() });
  const clock = new VirtualClock();
  const store = new MemoryStore({ now: clock.now });
  const caches = [0, 1].map(() => new Cache({ store, clock }));
  const target = { name, kind };
  const views = await validReads(draw, client, target);
  const view = defineResource({
    name: "view",
    tags: "reads",
    ttl: "1 hour",
    compression: false,
    load: async (at: number, _: void, { reads }) => asText(views[at], reading.for(reads)),
  });
  const [cache, other] = caches as [Cache, Cache];
  const writing = dynamodb.writing(cache);
  const guarded = dynamodb.writing(cache, { guarded: true });
  const onStream = streamHandler(other, othersScopes());
  counts.isAgreed = isAgreed;
  let shown = await truthOf(views, client);
  for (let step = 0; step < writes; step++) {
    const before = await itemsOf(plain, name, key);
    const way = draw(4);
    // Loads that overlap with the write.
    const racing = [0, 1, 2].map(() => other.get(view, draw(views.length)));
    if (way === 0) await randomWrite(draw, client, target);
    else if (way === 1) await randomWrite(draw, guarded, target);
    else if (way === 2) await randomWrite(draw, writing, target);
    else
      await dynamodb.mutation(cache, async (db) => {
        await randomWrite(draw, db, target);
        await randomWrite(draw, db, target);
      });
    await Promise.all(racing);
    const after = await itemsOf(plain, name, key);
    const isSeen = way !== 0;
    // Before the stream's invalidation: a view of the table's items is exact once a write through the recorder has
    // resolved.
    const truth = await truthOf(views, client);
    counts.changed += truth.filter((text, at) => text !== shown[at]).length;
    shown = truth;
    if (isSeen) await judge(views, truth, { view, cache, counts, indexed: false });
    await onStream({ Records: recordsBetween(name, key, [before, after]) });
    for (let at = 0; at < views.length; at++)
      if (!(await other.peek(view, at))) counts.emptied += 1;
    await judge(views, truth, { view, cache: other, counts, indexed: true });
  }
}

/** Kinds of scopes of one process: all, or any of them. */
const randomScopes = (draw: Draw): FineScope[] => {
  const isWhole = draw(2) === 0;
  return (["prefix", "index", "attribute"] as const).filter(() => isWhole || draw(2) === 0);
};

/** Random reads that DynamoDB accepts. */
async function validReads(
  draw: Draw,
  client: DynamoDBDocumentClient,
  { name, kind }: { name: string; kind: TableKind },
) {
  const views: RandomRead[] = [];
  while (views.length < viewCount) {
    const view = randomRead(draw, kind, name);
    try {
      await view.read(client);
      views.push(view);
    } catch (error) {
      if (!(error instanceof Error && error.name === "ValidationException")) throw error;
    }
  }
  return views;
}

const truthOf = (views: readonly RandomRead[], client: DynamoDBDocumentClient) =>
  Promise.all(views.map((each) => asText(each, client)));

const asText = async (read: RandomRead | undefined, client: DynamoDBDocumentClient) =>
  textOf(await read?.read(client));

async function judge(
  views: readonly RandomRead[],
  truth: readonly string[],
  {
    view,
    cache,
    counts,
    indexed,
  }: {
    view: Resource<number, string, void>;
    cache: Cache;
    counts: Counts;
    indexed: boolean;
  },
): Promise<void> {
  await Promise.all(
    views.map(async (each, at) => {
      if (each.isIndexed && !indexed) return;
      const entry = await cache.getEntry(view, at);
      counts.judged += 1;
      counts.hits += entry.status === "hit" ? 1 : 0;
      if ((await entry.value()) !== truth[at]) counts.stale.push(each.words);
    }),
  );
}

test.for(Array.from({ length: tables }, (_, index) => index + 1))(
  `${writes} random writes leave no random read of a table or an index stale, without any tag or rule written by hand: seed %s`,
  async (seed) => {
    const counts: Counts = {
      isAgreed: false,
      judged: 0,
      hits: 0,
      stale: [],
      emptied: 0,
      changed: 0,
    };
    await storm(seed, counts);
    const { stale, ...rest } = counts;
    console.info(JSON.stringify({ seed, ...rest, stale: stale.length }));
    expect(stale).toEqual([]);
    expect(counts.hits).toBeGreaterThan(counts.isAgreed ? counts.judged / 2 : 0);
  },
);
