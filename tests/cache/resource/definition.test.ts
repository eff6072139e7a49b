import { describe, expect, test } from "vitest";
import {
  Cache,
  type CacheOptions,
  defineResource,
  type Duration,
  MemoryStore,
  type ResourceOptions,
} from "@algoitny/cache";

const valid = { name: "row", fresh: "1 minute", load: () => 1 } as const;
type Options = ResourceOptions<void, number, void>;

describe("options that contradict each other are refused with the mend", () => {
  const cases: [Partial<Options>, RegExp][] = [
    [{ name: "a b" }, /use letters, digits/],
    [{ name: "tag" }, /another `name`: lease, seq, tag start other keys/],
    [{ name: "seq" }, /another `name`/],
    [{ fresh: "0 seconds" }, /give `fresh` a time above zero/],
    [
      { stale: "2 minutes", staleIfError: "1 minute" },
      /make `staleIfError` at least as long as `stale`/,
    ],
    [{ timeouts: { hard: "0 seconds" } }, /give `timeouts.hard` a time above zero/],
    [{ jitter: 1 }, /give `jitter` a share from 0/],
    [{ negative: "2 minutes" }, /make `negative` no longer than `fresh`/],
    [{ stale: "1 minute", timeouts: { soft: "10 seconds" } }, /make `timeouts.soft` shorter/],
    [{ timeouts: { soft: "1 second" } }, /give `stale` a time above zero/],
    [{ l1: { trust: "2 minutes" } }, /make `l1.trust` no longer than `fresh`/],
  ];
  for (const [options, advice] of cases) {
    test(JSON.stringify(options), () => {
      expect(() => defineResource<void, number>({ ...valid, ...options })).toThrow(advice);
    });
  }

  test("every mend is named at once", () => {
    const wrong = () => defineResource<void, number>({ ...valid, jitter: 2, negative: "1 day" });
    expect(wrong).toThrow(/jitter.*negative/);
  });

  test("a duration that is not one", () => {
    const durations = [
      "-1 seconds",
      " minutes",
      "5 minutes extra",
      "1e400 days",
      "5",
      5,
      undefined,
    ];
    for (const fresh of durations as Duration[])
      expect(() => defineResource({ ...valid, fresh })).toThrow(/is not a duration/);
  });
});

describe("a cache is refused", () => {
  const store = new MemoryStore();

  test("when two resources would read each other's entries", () => {
    const resources = [defineResource(valid), defineResource(valid)];
    expect(() => new Cache({ store, resources })).toThrow(
      /rename one of the resources called "row"/,
    );
  });

  const cases: [Partial<CacheOptions>, RegExp][] = [
    [{ storeTimeout: "0 seconds" }, /give `storeTimeout` a time above zero/],
    [
      { storeTimeout: "1 second", waitTimeout: "500 milliseconds" },
      /make `waitTimeout` at least as long as `storeTimeout`/,
    ],
    [{ maxLoadsWithoutStore: 0 }, /make `maxLoadsWithoutStore` 1 or more/],
    [{ l1MaxCharacters: 0 }, /make `l1MaxCharacters` a whole number of 1 or more/],
  ];
  for (const [options, advice] of cases) {
    test(`for ${JSON.stringify(options)}`, () => {
      expect(() => new Cache({ store, ...options })).toThrow(advice);
    });
  }

  test("when its prefix could be read as a glob", () => {
    expect(() => new Cache({ store, prefix: "a*" })).toThrow(/use letters, digits/);
  });
});
