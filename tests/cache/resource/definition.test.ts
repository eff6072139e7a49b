import { describe, expect, test, vi } from "vitest";
import {
  Cache,
  type CacheOptions,
  defineResource,
  type Duration,
  MemoryStore,
  type ResourceOptions,
} from "@algoitny/cache";

const valid = { name: "row", ttl: "1 minute", load: () => 1 } as const;
type Options = ResourceOptions<void, number, void>;

describe("contradictory options are refused with the correction", () => {
  const cases: [Partial<Options>, RegExp][] = [
    [{ name: "a b" }, /this must hold: name uses letters, digits/],
    [{ name: "tag" }, /name is none of tag\|lease\|.*\|kv/],
    [{ name: "seq" }, /name is none of/],
    [{ name: "kv" }, /name is none of/],
    [{ name: "2026" }, /not digits alone/],
    [{ ttl: "0 seconds" }, /ttl > 0/],
    [
      { staleWhileRevalidate: "2 minutes", staleIfError: "1 minute" },
      /staleIfError >= staleWhileRevalidate/,
    ],
    [{ compression: "zstd" as never }, /compression is false\|br\|gzip/],
    [{ compression: true as never }, /compression is false\|br\|gzip/],
    [{ consistency: "Eventual" as never }, /consistency is strong\|eventual/],
    [{ hardTimeout: "0 seconds" }, /hardTimeout > 0/],
    [{ jitter: 1 }, /0 <= jitter < 1/],
    [{ negativeTtl: "2 minutes" }, /negativeTtl <= ttl/],
    [{ staleWhileRevalidate: "1 minute", softTimeout: "10 seconds" }, /softTimeout < hardTimeout/],
    [{ softTimeout: "1 second" }, /with softTimeout: staleWhileRevalidate > 0/],
    [{ l1: { revalidateAfter: "2 minutes" } }, /l1.revalidateAfter <= ttl/],
  ];
  for (const [options, advice] of cases) {
    test(JSON.stringify(options), () => {
      expect(() => defineResource<void, number>({ ...valid, ...options })).toThrow(advice);
    });
  }

  test("all corrections are named at once", () => {
    const wrong = () => defineResource<void, number>({ ...valid, jitter: 2, negativeTtl: "1 day" });
    expect(wrong).toThrow(/jitter.*negative/);
  });

  test("a text that is not a duration is refused", () => {
    const durations = ["-1 seconds", " minutes", "5 minutes extra", "1e400 days", "5", 5];
    for (const ttl of durations as Duration[])
      expect(() => defineResource({ ...valid, ttl })).toThrow(/is not a duration/);
  });
});

describe("unknown options and options of a wrong type are refused, as plain JavaScript could pass them", () => {
  const define = defineResource as unknown as (options?: unknown) => unknown;
  const load = () => 1;
  const refused: [unknown, string][] = [
    [undefined, "resource: options are missing"],
    [{ ttl: "1 minute", load }, 'resource: "name" is missing'],
    [{ name: 7, ttl: "1 minute", load }, "this must hold: name uses letters, digits"],
    [{ name: true, ttl: "1 minute", load }, "this must hold: name uses letters, digits"],
    [{ name: "u", load }, 'resource "u": "ttl" is missing'],
    [{ name: "u", ttl: "1 minute" }, 'resource "u": "load" is missing'],
    [{ name: "u", ttl: "1 minute", load: 1 }, 'resource "u": load is not a function'],
    [{ ...valid, key: "id" }, 'resource "row": key is not a function'],
    [{ ...valid, swr: "1 hour" }, 'unknown option "swr": did you mean staleWhileRevalidate?'],
    [{ ...valid, stale: "1 hour" }, 'unknown option "stale": did you mean stale'],
    [{ ...valid, jiter: 0 }, 'unknown option "jiter": did you mean jitter?'],
    [{ ...valid, negative: false }, 'unknown option "negative": did you mean negativeTtl?'],
    [
      { ...valid, colour: "red" },
      'resource "row": unknown option "colour": ttl staleWhileRevalidate',
    ],
    [{ ...valid, ttl: "40000 days" }, '"40000 days" is over 100 years'],
  ];
  test.for(refused)("%o", ([options, message]) => {
    expect(() => define(options)).toThrow(message);
  });
});

describe("two definitions of one name", () => {
  const define = (load: () => number) => defineResource({ name: "row", ttl: "1 minute", load });
  const first = define(() => 1);
  const second = define(() => 2);

  test("are refused in production, by every method that reads", async () => {
    vi.stubEnv("NODE_ENV", "production");
    const cache = new Cache({ store: new MemoryStore() });
    expect(await cache.get(first)).toBe(1);
    const failure = 'definition_invalid: two definitions are called "row": rename one';
    await expect(cache.get(second)).rejects.toThrow(failure);
    await expect(cache.getMany(second, [undefined])).rejects.toThrow(failure);
    await expect(cache.peek(second)).rejects.toThrow(failure);
    await expect(cache.warm(second, [undefined])).rejects.toThrow(failure);
    expect(await cache.get(first)).toBe(1);
    vi.unstubAllEnvs();
  });

  test("cause one warning elsewhere, where code is reloaded while it runs", async () => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const cache = new Cache({ store: new MemoryStore(), resources: [first] });
    await cache.get(second);
    expect(warnings.mock.calls.flat()).toContainEqual(expect.stringContaining("two definitions"));
    warnings.mockClear();
    await cache.get(second);
    // Defined again with the same text, for instance in each request.
    const again = () => define(() => 3);
    await cache.get(again());
    warnings.mockClear();
    await cache.get(again());
    expect(warnings).not.toHaveBeenCalled();
    warnings.mockRestore();
  });
});

describe("a cache is refused", () => {
  const store = new MemoryStore();

  const construct = (options?: unknown) => new Cache(options as CacheOptions);
  const wrong: [unknown, string][] = [
    [undefined, "new Cache: options are missing"],
    [{}, 'new Cache: "store" is missing'],
    [
      { store: new Map() },
      "store lacks mget, follow, revalidate, lease, stamps, commit, begin, end, beat, release, expire, walk: is it a client?",
    ],
    [{ store, prefx: "a:1" }, 'unknown option "prefx": did you mean prefix?'],
    [{ store, resources: {} }, "resources is not a list"],
    [{ store, resources: [valid] }, "resources[0] is an object: pass what defineResource returns"],
  ];
  test.for(wrong)("for %o", ([options, message]) => {
    expect(() => construct(options)).toThrow(message);
  });

  test("when two resources would read each other's entries", () => {
    const resources = [defineResource(valid), defineResource(valid)];
    expect(() => new Cache({ store, resources })).toThrow(
      /two definitions are called "row": rename one/,
    );
  });

  const cases: [Partial<CacheOptions>, RegExp][] = [
    [{ storeTimeout: "0 seconds" }, /storeTimeout > 0/],
    [{ storeTimeout: "1 second", waitTimeout: "500 milliseconds" }, /waitTimeout >= storeTimeout/],
    [{ waitTimeout: "499 milliseconds" }, /waitTimeout >= storeTimeout/],
    [{ maxLoadsWithoutStore: 0 }, /maxLoadsWithoutStore >= 1/],
    [{ l1MaxBytes: 0 }, /l1MaxBytes is a whole number >= 1/],
  ];
  for (const [options, advice] of cases) {
    test(`for ${JSON.stringify(options)}`, () => {
      expect(() => new Cache({ store, ...options })).toThrow(advice);
    });
  }

  test.for(["shop", "shop:admin", "a*:1", "shop:", ":1", "{shop:1", "a:b:1"])(
    "when its prefix, %s, could reach into another cache's",
    (prefix) => {
      expect(() => new Cache({ store, prefix })).toThrow(/prefix is "name:number"/);
    },
  );

  test("but not for a name and a number, with and without a hash tag", () => {
    for (const prefix of ["cache:1", "{shop}:12", "algoitny-preview_1.x:2"])
      expect(() => new Cache({ store, prefix })).not.toThrow();
  });
});
