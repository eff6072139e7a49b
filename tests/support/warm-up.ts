import {
  Cache,
  defineResource,
  Loaded,
  MemoryStore,
  parseTag,
  type Resource,
} from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { refreshDue } from "./refresh-due.ts";

/**
 * Uses the cache's lazily loaded features once. This imports their modules, which takes real time: in a test with
 * virtual time, nothing may wait for that.
 */
export async function warmUp(): Promise<void> {
  const store = new MemoryStore();
  const cache = new Cache({ store });
  const row = defineResource({
    name: "row",
    ttl: "1 minute",
    staleWhileRevalidate: "1 minute",
    l1: true,
    compression: false,
    load: () => 1,
  });
  await cache.get(row, undefined);
  await cache.expire([row.tag]);
  await cache.get(row, undefined);
  await (await cache.getEntry(row, undefined)).value();
  await cache.getMany({ ...row }, [undefined]);
  await refreshDue(cache, row, undefined);
  await cache.warm(row, [undefined], { source: undefined });
  await cache.invalidate(row, undefined);
  await cache.invalidatePattern("*:none");
  await cache.refresh(row, undefined);
  await cache.peek(row, undefined);
  await cache.set(row, undefined, () => 1);
  await cache.change(row.tag, () => undefined);
  await cache.beat({ closedMs: 0, expected: null });
  const tagged = { ...row, load: () => new Loaded(1, { tags: [row.tag, NONE] }) };
  for (let reads = 0; reads < 3; reads += 1) await new Cache({ store }).get(tagged, undefined);
  const recorded = defineResource({
    name: "recorded",
    tags: "reads",
    ttl: "1 minute",
    load: async (_: void, _source: void, { reads }) => {
      await reads?.before([[{ tag: NONE, words: "none" }]]);
      return 1;
    },
  });
  await cache.get(recorded);
  await withoutStore(row);
}

const NONE = parseTag("none");

/** Uses the cache over a store that fails. */
async function withoutStore(row: Resource<void, number, void>): Promise<void> {
  const down = () => Promise.reject(new Error("connection refused"));
  const methods = [
    "mget",
    "follow",
    "revalidate",
    "lease",
    "stamps",
    "commit",
    "begin",
    "end",
    "beat",
    "release",
  ];
  const names = [...methods, "expire", "delete", "walk"];
  const store = Object.fromEntries(names.map((name) => [name, down])) as unknown as Store;
  const cache = new Cache({ store });
  await cache.get(row, undefined);
  await cache.invalidate(row.tag).catch(() => undefined);
  await cache.get(row, undefined);
}
