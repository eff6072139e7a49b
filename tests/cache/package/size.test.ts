import { expect, test } from "vitest";
import { bundle, startUp } from "../../support/bundle-source.ts";

test("the modules that a hit loads stay within 20 KB without the SDK and without the checks of options, and hold neither scripts nor the LRU", async () => {
  const source = `
    export { Cache, defineResource, defineTags, keyOf } from "@algoitny/cache";
    export { createUpstashStore } from "@algoitny/cache/upstash";`;
  const { bytes, inputs, bytesOf } = startUp(await bundle(source, ["@upstash/redis"]));
  // Definitions are checked synchronously, so their error texts cannot be loaded later by `import()`.
  const refusals = ["validate-options.ts", "faults.ts"]
    .map(bytesOf)
    .reduce((sum, each) => sum + each);
  expect(refusals).toBeLessThan(6_400);
  expect(bytes - refusals).toBeGreaterThan(5_000);
  expect(bytes - refusals).toBeLessThanOrEqual(20_000);
  expect(inputs.filter((file) => /lru-cache|scripts|obtain|encode\.ts|many/.test(file))).toEqual(
    [],
  );
});

test.each([
  ["http", "toResponse", 7_900],
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

test("a function that hits loads none of the code that records reads or names writes", async () => {
  const source = `export { recorder, streamHandler } from "@algoitny/cache/dynamodb";`;
  const { bytes, inputs } = startUp(await bundle(source));
  expect(
    inputs.filter((file) => /dynamodb\/(?:load-requests|writing|check)|aws-sdk/.test(file)),
  ).toEqual([]);
  expect(bytes).toBeLessThanOrEqual(8_700);
});
