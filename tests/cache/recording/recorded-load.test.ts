import { connect } from "node:net";
import {
  type CacheEvent,
  defineResource,
  type LoadReads,
  parseTag,
  subscribe,
} from "@algoitny/cache";
import { expect, test, vi } from "vitest";
import { otherHost } from "../../support/other-host.ts";
import { fleet, gate } from "../../support/test-cache.ts";
import { holdStore } from "../../support/held-store.ts";

/** Rows by name; `read` records the tag of a row before it reads the row. */
type Rows = Map<string, string | number>;

const scope = (row: string) => ({ tag: parseTag(`row:${row}`), words: `row ${row}` });

async function read(reads: LoadReads | undefined, rows: Rows, row: string) {
  await reads?.before([[scope(row)], [scope("all")]]);
  return rows.get(row);
}

const view = (load: (rows: Rows, reads: LoadReads) => Promise<unknown>, name = "view") =>
  defineResource({
    name,
    tags: "reads",
    ttl: "1 hour",
    compression: false,
    load: (_: void, rows: Rows, { reads }) => load(rows, reads as LoadReads),
  });

const host = otherHost();

test("a change of a row that the load has read invalidates the entry, and no other change does", async () => {
  const { cache } = fleet();
  const source: Rows = new Map([["a", 1]]);
  const one = view((rows, reads) => read(reads, rows, "a"));
  const status = async () => (await cache.getEntry(one, undefined, { source })).status;
  expect([await status(), await status()]).toEqual(["miss", "hit"]);
  await cache.invalidate(scope("b").tag);
  expect(await status()).toBe("hit");
  source.set("a", 2);
  await cache.invalidate(scope("a").tag);
  expect(await cache.get(one, undefined, { source })).toBe(2);
});

test("an entry has its hand-written tags and its recorded ones", async () => {
  const { cache } = fleet();
  const source: Rows = new Map([["a", 1]]);
  const both = defineResource({
    name: "both",
    key: ({ id }: { id: number }) => ({ id }),
    tags: ({ id }) => ["reads", parseTag(`book:${id}`)],
    ttl: "1 hour",
    load: (_, rows: Rows, { reads }) => read(reads, rows, "a"),
  });
  for (const tag of ["row:a", "book:7"]) {
    await cache.get(both, { id: 7 }, { source });
    expect(await cache.peek(both, { id: 7 })).toBeDefined();
    await cache.invalidate(parseTag(tag));
    expect(await cache.peek(both, { id: 7 })).toBeUndefined();
  }
});

test("a first load is stored although its tags were unknown before; a write between two reads prevents that", async () => {
  const { cache } = fleet();
  const source: Rows = new Map<string, string | number>([
    ["a", "b"],
    ["b", 1],
    ["c", 2],
  ]);
  const [reached, released] = [gate(), gate()];
  let isHeld = true;
  const follows = view(async (rows, reads) => {
    const next = await read(reads, rows, "a");
    if (isHeld) {
      reached.resolve();
      await released.promise;
    }
    return read(reads, rows, String(next));
  });
  const first = cache.getEntry(follows, undefined, { source });
  await reached.promise;
  source.set("a", "c");
  await cache.invalidate(scope("a").tag);
  released.resolve();
  expect((await first).stored).toBe(false);
  isHeld = false;
  expect(await cache.get(follows, undefined, { source })).toBe(2);
  expect(await cache.peek(follows)).toBeDefined();
});

test("the stamp of a read exists before the read is sent", async () => {
  const held = { of: undefined as ReturnType<typeof holdStore> | undefined };
  const { cache } = fleet({ wrap: (store) => (held.of = holdStore(store)).store });
  const source: Rows = new Map([["a", 1]]);
  const hold = held.of?.holdRequest("stamps");
  const reading = cache.getEntry(
    view((rows, reads) => read(reads, rows, "a")),
    undefined,
    { source },
  );
  await hold?.reached;
  source.set("a", 2);
  hold?.release();
  expect(await (await reading).value()).toBe(2);
});

test("loads of one tick ask for their stamps with one request, and a repeated miss asks with none", async () => {
  const asked: (readonly string[])[] = [];
  const { cache } = fleet({
    wrap: (store) => ({
      ...holdStore(store).store,
      stamps: (request) => {
        asked.push(request.keys);
        return store.stamps(request);
      },
    }),
  });
  const source: Rows = new Map();
  const row = defineResource({
    name: "row",
    tags: "reads",
    ttl: "1 hour",
    load: (id: number, rows: Rows, { reads }) => read(reads, rows, `r${id % 500}`).then(() => id),
  });
  const ids = Array.from({ length: 1_000 }, (_, id) => id);
  expect(await cache.getMany(row, ids, { source })).toEqual(ids);
  expect(asked.map(({ length }) => length)).toEqual([500]);
  await cache.invalidate(scope("r7").tag);
  expect(await cache.getMany(row, ids, { source })).toEqual(ids);
  expect(asked).toHaveLength(1);
});

test("an entry computed from another view's entry is invalidated by a change of a row that the other view has read", async () => {
  const { cache } = fleet();
  const source: Rows = new Map([["a", 1]]);
  const part = view((rows, reads) => read(reads, rows, "a"), "part");
  const whole = view((_, reads) => reads.cache.get(part, undefined, { source }), "whole");
  const first = await cache.getEntry(whole, undefined, { source });
  expect([await first.value(), first.stored]).toEqual([1, true]);
  source.set("a", 2);
  await cache.invalidate(scope("a").tag);
  expect(await cache.get(whole, undefined, { source })).toBe(2);
  await cache.invalidate(part);
  expect(await cache.peek(whole)).toBeUndefined();
});

test("beyond 96 tags reads take wider scopes, so that a load with any number of reads is stored", async () => {
  const { cache } = fleet();
  const scopes = (...all: string[][]) => all.map((names) => names.map(scope));
  const many = view(async (_, reads) => {
    for (let row = 0; row < 300; row++)
      await reads.before(scopes([`r${row}`, "table"], [`group${row}`, "table"], ["all", "table"]));
    await reads.before(scopes(["other"], ["other-group"], ["others", "elsewhere"]));
    return "read";
  });
  const entry = await cache.getEntry(many, undefined, { source: new Map() });
  expect(entry.stored).toBe(true);
  const wanted = ["row:r0", "row:group99", "row:others", "row:elsewhere"];
  expect(entry.tags).toEqual(expect.arrayContaining(wanted));
  expect(entry.tags).not.toContain("row:group299");
  expect(entry.tags.length).toBeLessThanOrEqual(128);
  await cache.invalidate(scope("all").tag);
  expect(await cache.peek(many)).toBeUndefined();
});

test.for([
  ["fetch", () => fetch(`http://${host.name}/`).then((response) => response.text())],
  [
    "a socket",
    () =>
      new Promise((resolve) =>
        connect(Number(host.name.split(":")[1]))
          .once("connect", resolve)
          .end(),
      ),
  ],
  [
    "fetch in a timer",
    () => new Promise((resolve) => setTimeout(() => resolve(fetch(`http://${host.name}/`)), 1)),
  ],
  ["a view that the load does not inherit", null],
] as const)(
  "%s within a load is detected: the load fails in tests, and is not stored in production",
  async ([, foreign]) => {
    const { cache } = fleet();
    const source: Rows = new Map([["a", 1]]);
    const other = view((rows, reads) => read(reads, rows, "a"), "other");
    const reading = view(async (rows, reads) => {
      await read(reads, rows, "a");
      await (foreign ? foreign() : cache.get(other, undefined, { source }));
      return 1;
    });
    vi.stubEnv("NODE_ENV", "test");
    await expect(cache.get(reading, undefined, { source })).rejects.toThrow(
      "which no tag covers: read it by a recording client, allow it by reads.allow(host, ttl), or",
    );
    const events: CacheEvent[] = [];
    const stop = subscribe((event) => events.push(event));
    vi.stubEnv("NODE_ENV", "production");
    try {
      const entry = await cache.getEntry(reading, undefined, { source });
      expect([await entry.value(), entry.stored]).toEqual([1, false]);
    } finally {
      vi.unstubAllEnvs();
      stop();
    }
    expect(events).toContainEqual(
      expect.objectContaining({ type: "unrecorded", why: "foreign-read" }),
    );
  },
);

test("a foreign read of an allowed host limits the entry's lifetime", async () => {
  const { cache, clock } = fleet();
  const source: Rows = new Map([["a", 1]]);
  const rates = view(async (rows, reads) => {
    reads.allow(host.name, "1 minute");
    await fetch(`http://${host.name}/`);
    return read(reads, rows, "a");
  });
  expect((await cache.getEntry(rates, undefined, { source })).stored).toBe(true);
  await clock.advance(59_000);
  expect(await cache.peek(rates)).toBeDefined();
  await clock.advance(2_000);
  expect(await cache.peek(rates)).toBeUndefined();
});

test("a load that reads nothing is not stored", async () => {
  const { cache } = fleet();
  const entry = await cache.getEntry(
    view(async () => 1),
    undefined,
    { source: new Map() },
  );
  expect([await entry.value(), entry.stored]).toEqual([1, false]);
});

test("a value read from an index lives only 1 s while its stamps are young: the index may lag", async () => {
  const { cache, clock } = fleet();
  const source: Rows = new Map([["a", 1]]);
  const shelf = view(async (rows, reads) => {
    reads.mayBeBehind();
    return read(reads, rows, "a");
  });
  await cache.get(shelf, undefined, { source });
  await clock.advance(1_001);
  expect(await cache.peek(shelf)).toBeUndefined();
  await clock.advance(5_000);
  await cache.get(shelf, undefined, { source });
  await clock.advance(600_000);
  expect(await cache.peek(shelf)).toBeDefined();
  // Its removal is another change that the next load may miss.
  await cache.invalidate(shelf, undefined);
  await cache.get(shelf, undefined, { source });
  await clock.advance(1_001);
  expect(await cache.peek(shelf)).toBeUndefined();
});

test("the event of an invalidated entry names the changed reads, in words", async () => {
  const { cache } = fleet();
  const source: Rows = new Map([
    ["a", 1],
    ["b", 2],
  ]);
  const both = view(async (rows, reads) => [
    await read(reads, rows, "a"),
    await read(reads, rows, "b"),
  ]);
  await cache.get(both, undefined, { source });
  await cache.invalidate(scope("b").tag);
  const events: CacheEvent[] = [];
  const stop = subscribe((event) => events.push(event));
  await cache.get(both, undefined, { source });
  stop();
  expect(events).toContainEqual({
    type: "emptied",
    resource: "view",
    key: "view:all",
    by: ["row b"],
  });
});

test("a write never stores the value of a recorded view", async () => {
  const { cache } = fleet();
  const one = view((rows, reads) => read(reads, rows, "a"));
  await expect(cache.set(one as never, undefined, () => 1)).rejects.toThrow("only a load shows");
});
