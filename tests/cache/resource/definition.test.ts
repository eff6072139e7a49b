import { describe, expect, test } from "vitest";
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

describe("options that contradict each other are refused with the mend", () => {
  const cases: [Partial<Options>, RegExp][] = [
    [{ name: "a b" }, /use letters, digits/],
    [{ name: "tag" }, /another `name`: tag, lease, .* start other keys/],
    [{ name: "seq" }, /another `name`/],
    [{ name: "kv" }, /another `name`/],
    [{ name: "2026" }, /another `name`, not digits alone/],
    [{ ttl: "0 seconds" }, /give `ttl` a time above zero/],
    [
      { staleWhileRevalidate: "2 minutes", staleIfError: "1 minute" },
      /make `staleIfError` at least as long as `staleWhileRevalidate`/,
    ],
    [{ hardTimeout: "0 seconds" }, /give `hardTimeout` a time above zero/],
    [{ jitter: 1 }, /give `jitter` a share from 0/],
    [{ negativeTtl: "2 minutes" }, /make `negativeTtl` no longer than `ttl`/],
    [{ staleWhileRevalidate: "1 minute", softTimeout: "10 seconds" }, /make `softTimeout` shorter/],
    [{ softTimeout: "1 second" }, /give `staleWhileRevalidate` a time above zero/],
    [{ l1: { revalidateAfter: "2 minutes" } }, /make `l1.revalidateAfter` no longer than `ttl`/],
  ];
  for (const [options, advice] of cases) {
    test(JSON.stringify(options), () => {
      expect(() => defineResource<void, number>({ ...valid, ...options })).toThrow(advice);
    });
  }

  test("every mend is named at once", () => {
    const wrong = () => defineResource<void, number>({ ...valid, jitter: 2, negativeTtl: "1 day" });
    expect(wrong).toThrow(/jitter.*negative/);
  });

  test("a duration that is not one", () => {
    const durations = ["-1 seconds", " minutes", "5 minutes extra", "1e400 days", "5", 5];
    for (const ttl of durations as Duration[])
      expect(() => defineResource({ ...valid, ttl })).toThrow(/is not a duration/);
  });
});

describe("a cache is refused", () => {
  const store = new MemoryStore();

  test("when two resources would read each other's entries", () => {
    const resources = [defineResource(valid), defineResource(valid)];
    expect(() => new Cache({ store, resources })).toThrow(
      /two definitions are called "row": rename one/,
    );
  });

  const cases: [Partial<CacheOptions>, RegExp][] = [
    [{ storeTimeout: "0 seconds" }, /give `storeTimeout` a time above zero/],
    [
      { storeTimeout: "1 second", waitTimeout: "500 milliseconds" },
      /make `waitTimeout` at least as long as `storeTimeout`/,
    ],
    [{ maxLoadsWithoutStore: 0 }, /make `maxLoadsWithoutStore` 1 or more/],
    [{ l1MaxBytes: 0 }, /make `l1MaxBytes` a whole number of 1 or more/],
  ];
  for (const [options, advice] of cases) {
    test(`for ${JSON.stringify(options)}`, () => {
      expect(() => new Cache({ store, ...options })).toThrow(advice);
    });
  }

  test.for(["shop", "shop:admin", "a*:1", "shop:", ":1", "{shop:1", "a:b:1"])(
    "when its prefix, %s, could reach into another cache's",
    (prefix) => {
      expect(() => new Cache({ store, prefix })).toThrow(/write `prefix` as "name:number"/);
    },
  );

  test("not for a name and a number, as a hash tag too", () => {
    for (const prefix of ["cache:1", "{shop}:12", "algoitny-preview_1.x:2"])
      expect(() => new Cache({ store, prefix })).not.toThrow();
  });
});
