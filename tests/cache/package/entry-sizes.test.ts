import { expect, test } from "vitest";
import { bundle, startUp } from "../../support/bundle-source.ts";

/** Bytes that each module of the package loads at its start, minified, with what it imports of the library. */
const LIMITS: Readonly<Record<string, number>> = {
  "": 32_000,
  "/http": 20_000,
  "/lambda": 25_500,
  "/node": 8_000,
  "/redis": 4_000,
  "/upstash": 5_500,
  "/store": 2_000,
};

test.each(Object.entries(LIMITS))(
  "@algoitny/cache%s starts within its size",
  async (path, limit) => {
    const source = `export * from "@algoitny/cache${path}";`;
    const { bytes } = startUp(await bundle(source, ["@upstash/redis", "lru-cache"]));
    expect(bytes).toBeLessThanOrEqual(limit);
  },
);
