import { Cache, defineResource, Loaded, parseTag, throttled, withOwnStamp } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { expect, test } from "vitest";
import { testUpstash } from "../../support/test-upstash.ts";

const LIFE = { ttl: "1 hour", jitter: 0 } as const;
const LIFE_MS = 3_600_000;

const part = withOwnStamp(
  defineResource<number, number>({
    ...LIFE,
    name: "part",
    // A longer entry would prolong the stamps of what is made from it.
    ttl: "1 minute",
    tags: (id) => [parseTag(`part:${id}`)],
    load: (id) => id,
  }),
);
const tagged = defineResource<number, number>({
  ...LIFE,
  name: "tagged",
  tags: (id) => [parseTag(`row:${id}`), throttled(parseTag("feed"), "2 seconds")],
  load: (id) => id,
});
const loading = (name: string, load: (cache: Cache) => Promise<Loaded<number>>) =>
  defineResource<number, number, Cache>({ ...LIFE, name, load: (_, cache) => load(cache) });
const byValue = loading("by_value", async () => new Loaded(1, { tags: [parseTag("value")] }));
const derived = loading("derived", async (cache) => {
  const from = await Promise.all([1, 2].map((id) => cache.getEntry(part, id)));
  return new Loaded(1, { from });
});
const recorded = defineResource<number, number>({
  ...LIFE,
  name: "recorded",
  tags: "reads",
  load: async (id, _, { reads }) => {
    await reads?.before([[{ tag: parseTag(`item:${id}`), words: "an item" }]]);
    return id;
  },
});

const twice = async (read: () => Promise<unknown>) => [await read(), await read()];

test.for<[kind: string, entry: string, store: (cache: Cache) => Promise<unknown>]>([
  ["the definition's tags", "tagged:1", (cache) => cache.get(tagged, 1)],
  ["tags of many entries", "tagged:2", (cache) => cache.getMany(tagged, [1, 2])],
  // Its first load is not stored, because its tags are unknown before.
  [
    "tags of the value",
    "by_value:1",
    (cache) => twice(() => cache.get(byValue, 1, { source: cache })),
  ],
  [
    "the entries that it is made from",
    "derived:1",
    (cache) => cache.get(derived, 1, { source: cache }),
  ],
  ["recorded reads", "recorded:1", (cache) => cache.get(recorded, 1)],
  ["a write that stores it", "tagged:1", (cache) => cache.set(tagged, 1, () => 1)],
])("the stamps of an entry live as long as the entry: %s", async ([, entry, store]) => {
  await using upstash = await testUpstash();
  const cache = new Cache({ store: createUpstashStore(upstash), storeTimeout: "5 seconds" });
  const client = upstash.client();
  await store(cache);
  const text = await client.get<string>(`cache:1:${entry}`);
  const recordedStamps = text?.split("\n")[1]?.split(" ") ?? [];
  const names = await client.keys("cache:1:tag:*");
  const stamps = await client.mget<(string | null)[]>(names);
  const lives = await Promise.all(names.map((name) => client.pttl(name)));
  const entryMs = await client.pttl(`cache:1:${entry}`);
  expect(entryMs).toBeGreaterThan(LIFE_MS - 60_000);
  const short = names.filter((_, index) => {
    const isPart = recordedStamps.includes(stamps[index] ?? "");
    const lifeMs = lives[index] as number;
    return isPart && lifeMs !== -1 && lifeMs < entryMs;
  });
  expect(recordedStamps.every((stamp) => stamps.includes(stamp))).toBe(true);
  expect(short).toEqual([]);
});
