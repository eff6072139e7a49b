import { expect, test } from "vitest";
import { bundle, startUp } from "../../support/bundle-source.ts";

/** Highest number of minified bytes that each module of the package loads at its start, including its imports within the library. */
const LIMITS: Readonly<Record<string, number>> = {
  "": 32_200,
  "/dynamodb": 18_000,
  "/graphql": 27_100,
  "/http": 20_300,
  "/lambda": 25_500,
  "/node": 8_200,
  "/redis": 4_000,
  "/upstash": 6_100,
  "/store": 2_900,
};

test.each(Object.entries(LIMITS))(
  "@algoitny/cache%s starts within its size",
  async (path, limit) => {
    const source = `export * from "@algoitny/cache${path}";`;
    const external = ["@aws-sdk/*", "@upstash/redis", "graphql", "lru-cache"];
    const { bytes } = startUp(await bundle(source, external));
    expect(bytes).toBeLessThanOrEqual(limit);
  },
);
