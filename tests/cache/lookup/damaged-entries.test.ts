import { constants, brotliCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { defineResource } from "@algoitny/cache";
import { decodeEntry, type Entry, storedId } from "../../../packages/cache/src/protocol/entry.ts";
import { encodeRest, entryText } from "../../../packages/cache/src/protocol/write-entry.ts";
import { fleet } from "../../support/test-cache.ts";

const ENTRY = "cache:1:row:all";
const LEASE = "cache:1:lease:row:all";

/** An entry in the store, and a second process that reads it. */
async function setup() {
  const { cache, store, instance, clock } = fleet();
  let version = 0;
  const row = defineResource<void, string>({
    name: "row",
    ttl: "1 hour",
    load: () => `value ${(version += 1)}`,
  });
  await cache.get(row, undefined);
  const [text] = await store.mget([ENTRY]);
  const entry = decodeEntry(text as string) as Entry;
  return { store, row, reader: instance(), text: text as string, entry, clock };
}

/** The text of an entry that another program wrote, with a correct checksum. */
function written({ id, header, body }: Entry): string {
  return entryText(storedId(id), header.stamps, encodeRest({ header, body }));
}

const withHeader = (entry: Entry, header: object) =>
  written({ ...entry, header: { ...entry.header, ...header } });

const bomb = brotliCompressSync(Buffer.alloc(64 * 1024 * 1024), {
  params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
}).toString("base64");

const DAMAGED: readonly [what: string, (text: string, entry: Entry) => string][] = [
  ["an empty text", () => ""],
  ["a text of another program", () => "hello"],
  ["null", () => "null"],
  ["nothing behind its id", (text) => text.slice(0, 30)],
  ["a body that was cut short", (text) => text.slice(0, -1)],
  ["one letter flipped in its body", (text) => text.replace("value 1", "value 7")],
  ["one digit flipped in its times", (text) => text.replace(/"1",1/, '"1",2')],
  ["no stamps", (text) => text.replace(/\n.*\n/, "\nnull\n")],
  ["no header", (text) => text.replace(/\n(.{16}) \[.*\]\n/, "\n$1 null\n")],
  [
    "a checksum of another header",
    (_, entry) => written(entry).replace(/\n.{8}(.{8}) \[/, "\n00000000$1 ["),
  ],
  ["no tags of its value", (_, entry) => withHeader(entry, { valueTags: null })],
  ["no response headers", (_, entry) => withHeader(entry, { headers: null })],
  ["an unknown coding", (_, entry) => withHeader(entry, { coding: "zstd" })],
  ["Brotli that does not decode", (_, entry) => withHeader(entry, { coding: "br" })],
  [
    "Brotli that decodes to far more than it should",
    (_, entry) => written({ ...entry, body: bomb, header: { ...entry.header, coding: "br" } }),
  ],
];

test.for(DAMAGED)("an entry with %s is a miss and is replaced", async ([, damage]) => {
  const { store, row, reader, text, entry } = await setup();
  store.put(ENTRY, damage(text, entry), 60_000);
  expect(await reader.get(row, undefined)).toBe("value 2");
  const after = await reader.getEntry(row, undefined);
  expect(after.status).toBe("hit");
  expect(await after.value()).toBe("value 2");
});

test("a lease without an expiry, which the cache never writes, is taken over at once", async () => {
  const { store, row, reader, clock } = await setup();
  await store.delete([ENTRY]);
  store.put(LEASE, "somebody");
  const startMs = clock.now();
  expect(await reader.getEntry(row, undefined)).toMatchObject({ status: "miss", stored: true });
  expect(clock.now()).toBe(startMs);
});
