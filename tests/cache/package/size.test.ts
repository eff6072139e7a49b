import { expect, test } from "vitest";
import { bundle, startUp } from "../../support/bundle-source.ts";

test("what a hit loads stays under 20 KB without the SDK, and holds neither scripts nor the LRU", async () => {
  const source = `
    export { Cache, defineResource, defineTags, keyOf } from "@algoitny/cache";
    export { createUpstashStore } from "@algoitny/cache/upstash";`;
  const { bytes, inputs } = startUp(await bundle(source, ["@upstash/redis"]));
  expect(bytes).toBeGreaterThan(5_000);
  expect(bytes).toBeLessThan(20_000);
  expect(inputs.filter((file) => /lru-cache|scripts|obtain|encode\.ts|many/.test(file))).toEqual(
    [],
  );
});
