import { expect, test } from "vitest";
import { bundle, startUp } from "../../support/bundle-source.ts";

test("the modules that a hit loads stay under 20.6 KB without the SDK and without the checks of options, and hold neither scripts nor the LRU", async () => {
  const source = `
    export { Cache, defineResource, defineTags, keyOf } from "@algoitny/cache";
    export { createUpstashStore } from "@algoitny/cache/upstash";`;
  const { bytes, inputs, bytesOf } = startUp(await bundle(source, ["@upstash/redis"]));
  // A definition is refused as it is made, so what to write instead cannot be loaded later.
  const refusals = ["advisor.ts", "did-you-mean.ts", "key-faults.ts"]
    .map(bytesOf)
    .reduce((sum, each) => sum + each);
  expect(refusals).toBeLessThan(5_000);
  expect(bytes - refusals).toBeGreaterThan(5_000);
  expect(bytes - refusals).toBeLessThanOrEqual(20_600);
  expect(inputs.filter((file) => /lru-cache|scripts|obtain|encode\.ts|many/.test(file))).toEqual(
    [],
  );
});

test.each([
  ["http", "toResponse", 7_000],
  ["lambda", "toResponse", 8_000],
  ["node", "sendResponse", 7_000],
])("a hit answered by @algoitny/cache/%s loads no other adapter", async (path, name, most) => {
  const { bytes, inputs } = startUp(
    await bundle(`export { ${name} } from "@algoitny/cache/${path}";`),
  );
  const adapters = inputs
    .map((file) => /cache\/src\/(lambda|node|http\/(?:cache-fetch|fetch-))/.exec(file)?.[1])
    .map((found) => found?.replace(/\/.*/, ""));
  expect(new Set(adapters.filter((found) => found !== undefined))).toEqual(new Set([path]));
  expect(inputs.filter((file) => /cached-handler|response-resource|encode\.ts/.test(file))).toEqual(
    [],
  );
  expect(bytes).toBeLessThanOrEqual(most);
});
