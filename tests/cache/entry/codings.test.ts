import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { Cache, defineResource, MemoryStore } from "@algoitny/cache";
import { toResponse } from "@algoitny/cache/http";
import { decodeBody } from "../../../packages/cache/src/codec.ts";
import { encodeBody } from "../../../packages/cache/src/encode.ts";

const LIST = Array.from({ length: 200 }, (_, id) => ({ id, title: `제목 ${id}` }));

test.each([100, 2_000_000])("gzip restores a body of %i characters", async (length) => {
  const value = ["가".repeat(length), LIST];
  const stored = await encodeBody(value, { compression: "gzip" });
  const { body } = stored;
  expect(stored.coding).toBe("gzip");
  expect(gunzipSync(Buffer.from(body, "base64")).toString()).toBe(JSON.stringify(value));
  expect(decodeBody({ header: stored, body })).toEqual(value);
});

test("gzip that decodes to more bytes than its entry's header says is an error, before it fills the memory", async () => {
  const { body, ...header } = await encodeBody("a".repeat(50_000_000), { compression: "gzip" });
  const decode = () => decodeBody({ header: { ...header, plainLength: 1_000 }, body });
  expect(decode).toThrow(/larger than 1000/);
});

test("a resource with gzip stores the body, reads it and sends it unchanged", async () => {
  const cache = new Cache({ store: new MemoryStore() });
  const list = defineResource({
    name: "list",
    ttl: "1 minute",
    compression: "gzip",
    load: async () => LIST,
  });
  await cache.get(list);
  expect(await cache.get(list)).toEqual(LIST);
  const entry = await cache.getEntry(list);
  const ask = (coding: string) =>
    toResponse(new Request("http://localhost/", { headers: { "accept-encoding": coding } }), entry);
  const sent = await ask("br, gzip");
  expect(sent.headers.get("content-encoding")).toBe("gzip");
  expect(sent.headers.get("etag")).toBe(`"${entry.etag}"`);
  expect(Buffer.from(await sent.arrayBuffer()).toString("base64")).toBe(entry.entry.body);
  expect((await ask("br")).headers.get("content-encoding")).toBe("br");
  expect(await (await ask("identity")).json()).toEqual(LIST);
});
