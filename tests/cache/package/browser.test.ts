import { createHash } from "node:crypto";
import { createContext, runInContext } from "node:vm";
import { crc32 } from "node:zlib";
import { build, type BuildFailure } from "esbuild";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Buffer as WebBuffer } from "../../../packages/cache/src/web/web-buffer.ts";
import {
  hash as webHash,
  randomBytes as webRandomBytes,
} from "../../../packages/cache/src/web/web-crypto.ts";
import { channel as webChannel } from "../../../packages/cache/src/web/web-events.ts";
import { crc32 as webCrc32 } from "../../../packages/cache/src/web/web-zlib.ts";

/** The globals of a bundle for browsers here: neither `process` nor a module of Node. */
const WEB = {
  AbortController,
  AbortSignal,
  ArrayBuffer,
  atob,
  btoa,
  crypto,
  DataView,
  performance,
  setTimeout,
  clearTimeout,
  TextDecoder,
  TextEncoder,
  Uint8Array,
  Uint32Array,
};

/** Runs a program that is bundled with the library for browsers; it passes its result to `done`. */
async function runBundled(source: string, console: { warn: (text: string) => void }) {
  const built = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    target: "es2023",
    logLevel: "silent",
  }).catch((error: BuildFailure) => ({ ...error, outputFiles: [] }));
  expect([...built.errors, ...built.warnings]).toEqual([]);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const context = createContext({ ...WEB, console, done: resolve });
  runInContext(built.outputFiles[0]?.text ?? "", context);
  return promise;
}

test("a bundle for browsers needs no module of Node, and caches as on Node", async () => {
  const warnings: string[] = [];
  const results = await runBundled(
    `
    import { createRedisStore } from "@algoitny/cache/redis";
    import { createUpstashStore } from "@algoitny/cache/upstash";
    import { Cache, cacheQuery, defineResource, defineTags, keyOf, MemoryStore, subscribe } from "@algoitny/cache";
    const tags = defineTags({ book: (id) => [id] });
    let loads = 0;
    const list = Array.from({ length: 200 }, (_, id) => ({ id, title: "제목 " + id }));
    const book = defineResource({
      name: "book", tags: (id) => [tags.book(id)], ttl: "1 minute", load: (id) => ({ id, load: ++loads, list }),
    });
    const cache = new Cache({ store: new MemoryStore() });
    const types = [];
    subscribe(({ type }) => types.push(type));
    (async () => {
      const numbers = [];
      for (const step of ["miss", "hit", "invalidate", "miss"])
        if (step === "invalidate") await cache.invalidate(tags.book(7));
        else numbers.push((await cache.get(book, 7)).load);
      const last = await cache.get(book, 7);
      const bytes = defineResource({ name: "bytes", ttl: "1 minute", load: () => new Uint8Array([1, 250]) });
      const twice = [await cache.get(bytes), await cache.get(bytes)].map((each) => [...each]);
      const own = await cache.getOrSet("x".repeat(500), () => "own", "1 minute");
      await cache.get(defineResource({ name: "dated", ttl: "1 minute", load: () => new Date(0) }));
      const long = keyOf(["x".repeat(500)]);
      done({ numbers, same: JSON.stringify(last.list) === JSON.stringify(list), twice, own, long, hits: types.filter((type) => type === "hit").length,
        stores: [createRedisStore, createUpstashStore].map((each) => typeof each) });
    })().catch((error) => done(String(error.stack)));
    `,
    { warn: (text) => warnings.push(text) },
  );
  const long = "x".repeat(500);
  const { keyOf } = await import("@algoitny/cache");
  expect(results).toEqual({
    numbers: [1, 1, 2],
    same: true,
    twice: [
      [1, 250],
      [1, 250],
    ],
    own: "own",
    long: keyOf([long]),
    hits: 3,
    stores: ["function", "function"],
  });
  expect(warnings).toEqual([expect.stringContaining('resource "dated": value is a Date')]);
});

/** Every name, hash and id that is derived from a text, by Node and by its replacements. */
function madeOf(text: string) {
  const bytes = WebBuffer.from(text);
  return {
    web: [
      webHash("sha256", text, "base64url"),
      webCrc32(text),
      bytes.toString("base64"),
      String(WebBuffer.from(bytes.toString("base64"), "base64")),
      WebBuffer.byteLength(text),
    ],
    node: [
      createHash("sha256").update(text).digest("base64url"),
      crc32(text),
      Buffer.from(text).toString("base64"),
      String(Buffer.from(text)),
      Buffer.byteLength(text),
    ],
  };
}

test.for(["", "key", ...[55, 56, 63, 64, 119, 120, 500].map((length) => "x".repeat(length))])(
  "names and checksums of %j are those of Node, so that all runtimes share their entries",
  (text) => {
    const { web, node } = madeOf(text);
    expect(web).toEqual(node);
  },
);

test("ids have as many characters as those of Node, and no padding", () => {
  expect(webRandomBytes(16).toString("base64url")).toMatch(/^[\w-]{22}$/);
});

test("a channel without subscribers says so, so that no events are built", () => {
  expect(webChannel("any").hasSubscribers).toBe(false);
});

test("names and checksums of any text are those of Node", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 150 }), (text) => {
      const { web, node } = madeOf(text);
      expect(web).toEqual(node);
    }),
    { numRuns: 50 },
  );
});
