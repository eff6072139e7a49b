import { expect, test } from "vitest";
import { defineResource, defineTags, Loaded, type ResourceOptions } from "@algoitny/cache";
import { putText } from "../../support/put-text.ts";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ row: () => [], renamed: () => [] });

/** A row in the store, and a function that defines it again with some options changed. */
async function setup(options: Partial<ResourceOptions<void, unknown, void>> = {}) {
  // Stale entries are left to a queue, so that they are served unchanged.
  const { clock, store, cache } = fleet({ enqueueRefresh: () => undefined });
  const define = (changes: typeof options = {}) =>
    defineResource({
      name: "row",
      tags: () => [tags.row()],
      ttl: "10 seconds",
      jitter: 0,
      load: () => "value",
      ...options,
      ...changes,
    });
  const row = define();
  await cache.get(row, undefined);
  return { clock, store, cache, row, define };
}

test("an entry is fresh until its lifetime ends, and stale from that millisecond on", async () => {
  const { clock, cache, row } = await setup({ staleWhileRevalidate: "1 hour" });
  await clock.advance(9_999);
  expect((await cache.getEntry(row, undefined)).status).toBe("hit");
  await clock.advance(1);
  expect((await cache.getEntry(row, undefined)).status).toBe("stale");
});

test("an entry of another version of its resource is a miss", async () => {
  const { cache, define } = await setup({ version: 1 });
  expect((await cache.getEntry(define({ version: 2 }), undefined)).status).toBe("miss");
});

test("after its tag was expired, an entry without stale time is a miss", async () => {
  const { cache, row } = await setup();
  await cache.expire([tags.row()]);
  expect((await cache.getEntry(row, undefined)).status).toBe("miss");
});

test("an entry that was stored under other tags than its definition has now is a miss", async () => {
  const { store, cache, define } = await setup();
  const [stamp] = await store.mget(["cache:1:tag:row"]);
  await putText(store, "cache:1:tag:renamed", stamp ?? "");
  const renamed = define({ tags: () => [tags.renamed()] });
  expect((await cache.getEntry(renamed, undefined)).status).toBe("miss");
});

test("an entry with one letter flipped is a miss", async () => {
  const { clock, store, cache, row } = await setup();
  const [text = ""] = await store.mget(["cache:1:row:all"]);
  const last = text?.at(-2) === "x" ? "y" : "x";
  await putText(store, "cache:1:row:all", `${text?.slice(0, -2)}${last}${text?.at(-1)}`);
  const reading = cache.getEntry(row, undefined);
  await clock.advance(10_000);
  expect((await reading).status).toBe("miss");
});

test("an entry that is damaged in the store is replaced", async () => {
  const { clock, store, cache, row } = await setup();
  const [text] = await store.mget(["cache:1:row:all"]);
  await putText(store, "cache:1:row:all", `${text}!`);
  const reading = cache.getEntry(row, undefined);
  await clock.advance(10_000);
  expect((await reading).stored).toBe(true);
});

test("an entry whose tag was invalidated is a miss, also when another load has made a new stamp for the tag", async () => {
  const { cache, row, define } = await setup({ staleWhileRevalidate: "1 hour" });
  await cache.invalidate([tags.row()]);
  await cache.get(define({ name: "other" }), undefined);
  expect((await cache.getEntry(row, undefined)).status).toBe("miss");
});

test("an entry in the first format is a miss, and is replaced", async () => {
  const { store, cache, row } = await setup();
  const [text = ""] = await store.mget(["cache:1:row:all"]);
  await putText(store, "cache:1:row:all", `1${text?.slice(1)}`);
  expect(await cache.getEntry(row, undefined)).toMatchObject({ status: "miss", stored: true });
  expect((await cache.getEntry(row, undefined)).status).toBe("hit");
});

test("not found is not stored with `negativeTtl: false`", async () => {
  const { cache, define } = await setup({ name: "gone", negativeTtl: false });
  const reading = await cache.getEntry(define({ name: "none", load: () => undefined }), undefined);
  expect(reading).toMatchObject({ stored: false, detail: "not-stored" });
});

test("not found is cached for a tenth of a value's lifetime, and for half a minute at most", async () => {
  const { clock, cache, define } = await setup();
  const lastsMs = async (ttl: "1 minute" | "1 hour") => {
    const gone = define({ name: ttl.replace(" ", "-"), ttl, load: () => undefined });
    return (await cache.getEntry(gone, undefined)).entry.header.freshUntilMs - clock.now();
  };
  expect([await lastsMs("1 minute"), await lastsMs("1 hour")]).toEqual([6_000, 30_000]);
});

test("a value that must not be stored removes the old one, which is not served later when a load fails", async () => {
  const { clock, cache, define } = await setup({ staleIfError: "1 hour" });
  await clock.advance(15_000);
  const unkept = define({ load: () => new Loaded("secret", { store: false }) });
  expect(await cache.get(unkept, undefined)).toBe("secret");
  const failing = define({ load: () => Promise.reject(new Error("database down")) });
  await clock.advance(5_000);
  const answer = cache.get(failing, undefined).catch((error: Error) => error.message);
  await clock.advance(10_000);
  expect(await answer).toBe("database down");
});

test("a shortened lifetime applies to stored entries too; an extended one does not", async () => {
  const { clock, cache, define } = await setup({
    name: "was-longer",
    staleWhileRevalidate: "1 hour",
  });
  const shorter = define({
    name: "was-longer",
    ttl: "4 seconds",
    staleWhileRevalidate: "2 seconds",
  });
  const longer = define({ name: "was-longer", ttl: "1 hour", staleWhileRevalidate: "2 hours" });
  const statusOf = async (row: typeof shorter) => (await cache.peek(row))?.status;
  clock.jump(3_500);
  expect([await statusOf(shorter), await statusOf(longer)]).toEqual(["hit", "hit"]);
  clock.jump(1_500);
  expect([await statusOf(shorter), await statusOf(longer)]).toEqual(["stale", "hit"]);
  clock.jump(2_000);
  expect([await statusOf(shorter), await statusOf(longer)]).toEqual([undefined, "hit"]);
  clock.jump(5_000);
  expect(await statusOf(longer)).toBe("stale");
});
