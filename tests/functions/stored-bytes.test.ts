import { Buffer } from "node:buffer";
import { Cache, defineResource, MemoryStore } from "@algoitny/cache";
import { storedBytes } from "@algoitny/functions/stored-bytes";
import { expect, test } from "vitest";

const TEXT = "그래프 ".repeat(400);
const cache = new Cache({ store: new MemoryStore() });

test.each([
  ["text outside ASCII", false, "text"],
  ["a compressed value", "br", "text"],
  ["binary data", false, "bytes"],
] as const)("the size of %s is that of its body in the store", async (_what, compression, kind) => {
  const name = `${kind}-${String(compression)}`;
  const common = { name, key: () => "key", ttl: "1 minute", compression } as const;
  const { entry } =
    kind === "text"
      ? await cache.getEntry(defineResource({ ...common, load: async () => ({ text: TEXT }) }))
      : await cache.getEntry(defineResource({ ...common, load: async () => Buffer.from(TEXT) }));
  expect(storedBytes(entry)).toBe(Buffer.byteLength(entry.body));
  expect(storedBytes({ ...entry, body: "" })).toBe(0);
});
