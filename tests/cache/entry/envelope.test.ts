import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";
import { readingOf } from "../../support/http.ts";
import { decodeEntry, storedId } from "../../../packages/cache/src/protocol/entry.ts";
import { encodeRest, entryText } from "../../../packages/cache/src/protocol/write-entry.ts";

const tags = defineTags({ book: (id: number) => [id], shelf: (name: string) => [name] });
const book = defineResource({
  name: "book",
  key: ({ id }: { id: number }) => ({ id }),
  tags: ({ id }) => [tags.book(id), tags.shelf("science")],
  ttl: "10 minutes",
  staleWhileRevalidate: "1 minute",
  staleIfError: "1 hour",
  load: async ({ id }, clock: VirtualClock) => {
    clock.jump(12);
    return { id, title: "안녕, 세계", pages: 320 };
  },
});

/** A cache with sequential ids, so that the document can show its stored bytes. */
function countingCache() {
  const clock = new VirtualClock(Date.parse("2026-01-01T00:00:00Z"));
  const store = new MemoryStore({ now: clock.now });
  let count = 0;
  const token = () => `token${String((count += 1)).padStart(17, "0")}`;
  return { clock, store, cache: new Cache({ store, clock, token, random: () => 0.5 }) };
}

test("packages/cache/docs/envelope.md shows the bytes that are stored", async () => {
  const { clock, store, cache } = countingCache();
  await cache.get(book, { id: 7 }, { source: clock });
  await cache.expire([tags.shelf("science")]);
  const { keys } = await store.walk({ pattern: "*", remove: [] });
  const values = await store.mget(keys);
  const doc = await readFile(
    new URL("../../../packages/cache/docs/envelope.md", import.meta.url),
    "utf8",
  );
  for (const [index, key] of keys.entries()) expect(doc).toContain(`${key}\n${values[index]}\n`);
  expect(keys).toHaveLength(7);
});

test("an entry is decoded as it was encoded, and counts as missing when one of its bytes is lost", async () => {
  const { clock, store, cache } = countingCache();
  await cache.get(book, { id: 7 }, { source: clock });
  const [text] = await store.mget(["cache:1:book:id:7"]);
  const entry = decodeEntry(text ?? "");
  const again = entry && entryText(storedId(entry.id), entry.header.stamps, encodeRest(entry));
  expect(again).toBe(text);
  for (const cut of [text?.slice(0, -1), text?.slice(1), text?.replace("\n", ""), "", "1.\n[]\n"]) {
    expect(decodeEntry(cut ?? "")).toBeNull();
  }
});

test("an entry of another format version counts as missing", async () => {
  const { clock, store, cache } = countingCache();
  await cache.get(book, { id: 7 }, { source: clock });
  const [text] = await store.mget(["cache:1:book:id:7"]);
  expect(decodeEntry(`2${text?.slice(1)}`)).toBeNull();
});

test("a header may contain Unicode's other line separators", async () => {
  const { entry } = await readingOf([], {
    header: { headers: { note: "a\u2028b\u2029c\r\u0085" } },
  });
  const text = entryText(storedId(entry.id), ["1.a.1"], encodeRest(entry));
  expect(decodeEntry(text)?.header.headers).toEqual(entry.header.headers);
});
