import { access } from "@algoitny/functions/deployment/access";
import { routes } from "@algoitny/functions/deployment/routes";
import { describe, expect, test } from "vitest";
import { bundle, startUp } from "../../support/bundle-source.ts";

/**
 * Maximum size of the code that all cached reads load before their first `import()`, minified: 135 kB. It is parsed at
 * cold starts.
 */
const LIMIT_BYTES = 135_000;

/** Maximum size of the code that GraphQL loads before its first `import()`: 190 kB. */
const GRAPHQL_LIMIT_BYTES = 190_000;

const cachedReads = Object.values(routes)
  .map(({ file }) => file)
  .filter((file) => file !== "graphql" && access[`http/${file}`].sends?.includes("Refreshes"));

describe("the bundle of all endpoints with cached reads", async () => {
  const sources = cachedReads.map(
    (file, index) => `export * as _${index} from "../../packages/functions/src/http/${file}.ts";`,
  );
  const metafile = await bundle(sources.join("\n"));
  const { bytes, inputs } = startUp(metafile);

  test("contains all of them, with the cache's store", () => {
    expect(cachedReads).toHaveLength(10);
    for (const file of cachedReads)
      expect(inputs).toContain(`packages/functions/src/http/${file}.ts`);
    expect(inputs).toContain("packages/cache/src/stores/upstash.ts");
  });

  test("does not load the Redis SDK at its start, but contains it behind an import()", () => {
    expect(inputs.filter((path) => path.includes("@upstash/redis"))).toEqual([]);
    expect(Object.keys(metafile.inputs).some((path) => path.includes("@upstash/redis"))).toBe(true);
  });

  test("does not load the AWS SDK at its start, but contains it behind an import()", () => {
    expect(inputs.filter((path) => /@aws-sdk|@smithy/.test(path))).toEqual([]);
    expect(
      Object.keys(metafile.inputs).some((path) => path.includes("@aws-sdk/client-dynamodb")),
    ).toBe(true);
  });

  test("contains only the small edition of zod", () => {
    expect(inputs.filter((path) => path.includes("zod/v4/classic"))).toEqual([]);
    expect(inputs.some((path) => path.includes("zod/v4/mini"))).toBe(true);
  });

  test("does not load jose at its start, but contains it behind an import()", () => {
    expect(inputs.filter((path) => path.includes("/jose/"))).toEqual([]);
    expect(Object.keys(metafile.inputs).some((path) => path.includes("/jose/"))).toBe(true);
  });

  test("is not larger than its limit", () => {
    expect(bytes).toBeLessThan(LIMIT_BYTES);
  });
});

test("the bundle of GraphQL loads neither graphql-js nor the schema at its start, and does not contain GraphiQL", async () => {
  const file = "packages/functions/src/http/graphql.ts";
  const metafile = await bundle(`export * from "../../${file}";`);
  const { bytes, inputs } = startUp(metafile);
  const lazy =
    /node_modules\/graphql\/|executable-schema|resolvers|operation-limits|@aws-sdk|\/jose\//;
  expect(inputs.filter((path) => lazy.test(path))).toEqual([]);
  expect(inputs).toContain(file);
  expect(bytes).toBeLessThan(GRAPHQL_LIMIT_BYTES);
  const all = Object.keys(metafile.inputs);
  expect(all.some((path) => path.includes("node_modules/graphql/"))).toBe(true);
  expect(all.filter((path) => /graphiql|yoga|monaco/i.test(path))).toEqual([]);
});
