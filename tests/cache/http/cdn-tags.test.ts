import { parseList } from "structured-headers";
import { expect, test } from "vitest";
import { Cache, defineResource, type Invalidated, MemoryStore, parseTag } from "@algoitny/cache";
import { cdnNames, toResponse } from "@algoitny/cache/http";

/** A cache that reports its invalidations to a CDN, and the names of the tags that a response is sent with. */
function setup(tags: readonly string[]) {
  const purged = new Set<string>();
  const onInvalidate = (what: Invalidated) => cdnNames(what).forEach((name) => purged.add(name));
  const cache = new Cache({ store: new MemoryStore(), onInvalidate });
  const page = defineResource({
    name: "page",
    tags: () => tags.map(parseTag),
    ttl: "1 minute",
    load: () => "text",
  });
  const headersOf = async (cdnTags: Parameters<typeof toResponse>[2] = {}) =>
    (await toResponse(new Request("http://localhost/"), await cache.getEntry(page), cdnTags))
      .headers;
  return { cache, page, purged, headersOf };
}

test("any invalidation of an entry purges a tag that its answers were sent with", async () => {
  const tag = 'shelf:a,b"c"\\한';
  const { cache, page, purged, headersOf } = setup([tag]);
  const names = (await headersOf({ cdnTags: "cache-tag" })).get("cache-tag")?.split(",") ?? [];
  expect(names).toContain("shelf:a%2Cb%22c%22%5C%ED%95%9C");
  const ways = [
    () => cache.invalidate(parseTag(tag)),
    () => cache.invalidate(page),
    () => cache.invalidate(page, undefined),
    () => cache.clear(),
  ];
  for (const invalidate of ways) {
    purged.clear();
    await invalidate();
    expect(names.some((name) => purged.has(name))).toBe(true);
  }
});

test("Cache-Groups is a list of strings, whatever characters the tags contain", async () => {
  const { headersOf } = setup(['a"b', "c\\d", "é"]);
  const list = parseList((await headersOf({ cdnTags: "cache-groups" })).get("cache-groups") ?? "");
  expect(list.map(([name]) => name)).toEqual(
    expect.arrayContaining(["a%22b", "c%5Cd", "%C3%A9", "@all"]),
  );
});

test("without the option no tag is sent", async () => {
  const names = [...(await setup(["secret"]).headersOf())].flat().join();
  expect(names).not.toMatch(/secret|cache-tag|surrogate|groups/);
});

test("an answer whose tags exceed the header's limit forbids shared caches to store it", async () => {
  const tags = Array.from({ length: 100 }, (_, index) => `${index}`.padStart(90, "x"));
  const headers = await setup(tags).headersOf({
    cdnTags: "surrogate-key",
    cacheControl: "public, max-age=60",
  });
  expect(headers.has("surrogate-key")).toBe(false);
  expect(headers.get("cache-control")).toBe("private, no-cache");
});
