import { routes } from "@algoitny/functions/deployment/routes";
import { describe, expect, test } from "vitest";
import { bundle, startUp } from "../../support/bundle-source.ts";

/** Most that all cached reads together load before their first `import()`, minified: 300 kB. It is parsed at cold starts. */
const LIMIT_BYTES = 300_000;

const cachedReads = Object.entries(routes)
  .filter(([route]) => route.startsWith("GET ") && !/\/(ops|health)\//.test(route))
  .map(([, { file }]) => file);

describe("the bundle of the cached reads", async () => {
  const sources = cachedReads.map(
    (file, index) => `export * as _${index} from "../../packages/functions/src/http/${file}.ts";`,
  );
  const metafile = await bundle(sources.join("\n"));
  const { bytes, inputs } = startUp(metafile);

  test("has all of them in it, with the cache's store", () => {
    for (const file of cachedReads)
      expect(inputs).toContain(`packages/functions/src/http/${file}.ts`);
    expect(inputs.some((path) => path.includes("@upstash/redis"))).toBe(true);
  });

  test("loads no AWS SDK code on a hit, but has it behind an import()", () => {
    expect(inputs.filter((path) => /@aws-sdk|@smithy/.test(path))).toEqual([]);
    expect(
      Object.keys(metafile.inputs).some((path) => path.includes("@aws-sdk/client-dynamodb")),
    ).toBe(true);
  });

  test("loads jose with the first token, not before", () => {
    expect(inputs.filter((path) => path.includes("/jose/"))).toEqual([]);
  });

  test("stays small", () => {
    expect(bytes).toBeLessThan(LIMIT_BYTES);
  });
});
