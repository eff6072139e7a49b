import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { bundling } from "@algoitny/functions/deployment/bundling";
import { version } from "esbuild";
import { describe, expect, test } from "vitest";
import { closureOf, type Metafile, readMetafile } from "./support/sst-bundle.ts";
import { type BuiltFunction, fileOf, ofType } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { ROOT } from "./support/platform.ts";

const KB = 1024;

/**
 * Maximum size of the code that a container loads before it can answer a hit: zod, the clients of Upstash and of
 * CloudWatch, the cache, the handler.
 */
const HIT_PATH_LIMIT_BYTES = 330 * KB;

/** The same for GraphQL, which adds the library's module for it and the schema's text. */
const GRAPHQL_HIT_PATH_LIMIT_BYTES = 345 * KB;

/** Maximum size of all code of a function, lazily loaded parts included, before it is zipped. */
const FUNCTION_LIMIT_BYTES = 1_400 * KB;

/** Modules that a hit never needs: the SDK's clients, the library for tokens, zod's messages in 50 languages. */
const NOT_ON_THE_HIT_PATH =
  /node_modules\/(@aws-sdk\/(client|lib)-|@smithy\/|jose\/|zod\/v4\/locales\/(?!en\.))/;

/**
 * Maximum number of production's resources, bundles and alarms included: a deployment compares all of them, and API
 * Gateway creates a third of them one by one.
 */
const RESOURCE_LIMIT = 670;

const graph = graphOf("production");
const uploads = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2");
const metafiles = new Map(graph.functions.map((built) => [built.id, readMetafile(built.folder)]));

test("bundles are made by the version of esbuild that SST's CLI contains", () => {
  const file = `node_modules/sst-${process.platform}-${process.arch}/bin/sst`;
  const cli = readFileSync(path.join(ROOT, process.platform === "win32" ? `${file}.exe` : file));
  expect(cli.includes(`github.com/evanw/esbuild\tv${version}\t`)).toBe(true);
});

test("production has at most 670 resources", () => {
  expect(graph.resources.length).toBeLessThanOrEqual(RESOURCE_LIMIT);
});

test("the dashboard's files are in the archive of the function that serves them, and in no other", () => {
  for (const { id, folder } of graph.functions) {
    const archive = readFileSync(path.join(folder, "../../artifacts", id, "code.zip"));
    expect([id, archive.includes("page/index.html.br")]).toEqual([id, id === "OpsPage"]);
  }
});

describe.each(graph.functions)("the bundle of $id", (built) => {
  const meta = metafiles.get(built.id) ?? fail(built);
  const eager = closureOf(meta, "bundle.mjs");

  test("is built with the settings with which npm run trace builds it", () => {
    expect(built.settings).toMatchObject(bundling);
  });

  test("exports its handler and nothing else", () => {
    expect(entryOf(meta).exports).toEqual(["handler"]);
  });

  test("loads no module at its start that a hit does not need", () => {
    const packages = eager.inputs.filter((input) => NOT_ON_THE_HIT_PATH.test(input));
    expect(packages).toEqual([]);
  });

  test("needs less than 330 KB of code for a hit (GraphQL: 345), and has less than 1.4 MB in all", () => {
    const limit = built.id === "Graphql" ? GRAPHQL_HIT_PATH_LIMIT_BYTES : HIT_PATH_LIMIT_BYTES;
    expect(eager.bytes).toBeLessThan(limit);
    expect(sizeOf(built.folder)).toBeLessThan(FUNCTION_LIMIT_BYTES);
  });

  test("has no source map, in the archive or beside it", () => {
    expect(readdirSync(built.folder).filter((file) => file.endsWith(".map"))).toEqual([]);
    const archive = readFileSync(path.join(built.folder, "../../artifacts", built.id, "code.zip"));
    expect(archive.includes("bundle.mjs")).toBe(true);
    expect(archive.includes(".map")).toBe(false);
    expect(uploads.filter(({ name }) => name.startsWith(`${built.id}Sourcemap`))).toEqual([]);
  });

  test("contains no module of the local cloud", () => {
    const local = Object.keys(meta.inputs).filter((input) => input.startsWith("packages/local/"));
    expect(local).toEqual([]);
  });
});

function entryOf({ outputs }: Metafile) {
  const entry = Object.entries(outputs).find(([file]) => path.basename(file) === "bundle.mjs");
  if (!entry) throw new Error("there is no bundle.mjs");
  return entry[1];
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder).filter((file) => file.endsWith(".mjs"));
  return files.reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
}

function fail({ handler }: BuiltFunction): never {
  throw new Error(`${fileOf(handler)} was not built`);
}
