import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { closureOf, type Metafile, readMetafile } from "./support/bundle.ts";
import { type BuiltFunction, fileOf } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";

const KB = 1024;

/** What a container must load before it can answer a hit: zod, the clients of Upstash and of CloudWatch, the cache, the handler. */
const HIT_PATH_LIMIT_BYTES = 330 * KB;

/** All code of a function, lazily loaded parts included, before it is zipped. */
const FUNCTION_LIMIT_BYTES = 1_400 * KB;

/** What a hit never needs: the SDK's clients, the library for tokens, zod's messages in 50 languages. */
const NOT_ON_THE_HIT_PATH =
  /node_modules\/(@aws-sdk\/(client|lib)-|@smithy\/|jose\/|zod\/v4\/locales\/(?!en\.))/;

const graph = graphOf("production");
const metafiles = new Map(graph.functions.map((built) => [built.id, readMetafile(built.folder)]));

describe.each(graph.functions)("the bundle of $id", (built) => {
  const meta = metafiles.get(built.id) ?? fail(built);
  const eager = closureOf(meta, "bundle.mjs");

  test("is built with SST's settings for a small and quick start", () => {
    expect(built.settings).toMatchObject({ format: "esm", minify: true, splitting: true });
  });

  test("exports its handler and nothing else", () => {
    expect(entryOf(meta).exports).toEqual(["handler"]);
  });

  test("loads nothing that a hit does not need before it has to", () => {
    const packages = eager.inputs.filter((input) => NOT_ON_THE_HIT_PATH.test(input));
    expect(packages).toEqual([]);
  });

  test("is ready after less than 330 KB of code, and less than 1.4 MB in all", () => {
    expect(eager.bytes).toBeLessThan(HIT_PATH_LIMIT_BYTES);
    expect(sizeOf(built.folder)).toBeLessThan(FUNCTION_LIMIT_BYTES);
  });

  test("takes nothing from the machine it was built on", () => {
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
