import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { routes } from "@algoitny/functions/routes";

const source = new URL("../../packages/functions/src/", import.meta.url).pathname;

/** Bundles handlers as SST does (minified ESM with splitting for Node 24), without writing a file. */
async function bundle(files: readonly string[]) {
  const { metafile } = await build({
    entryPoints: files.map((file) => `${source}${file}.ts`),
    outdir: "/bundle",
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    splitting: true,
    keepNames: true,
    format: "esm",
    platform: "node",
    target: "es2024",
    mainFields: ["module", "main"],
  });
  return metafile.outputs;
}

type Outputs = Awaited<ReturnType<typeof bundle>>;

/** Everything that loads with an output before its first `import()`: the files that went into it and its static imports. */
function loadedWith(outputs: Outputs, name: string, seen = new Set<string>()): string[] {
  const output = outputs[name];
  if (!output || seen.has(name)) return [];
  seen.add(name);
  const imported = output.imports.filter(
    ({ kind, external }) => kind === "import-statement" && !external,
  );
  return [
    ...Object.keys(output.inputs),
    ...imported.flatMap(({ path }) => loadedWith(outputs, path, seen)),
  ];
}

const cachedReads = Object.entries(routes)
  .filter(([route]) => route.startsWith("GET ") && !/\/(ops|health)\//.test(route))
  .map(([, { file }]) => `http/${file}`);

describe("the bundle of a cached read", async () => {
  const outputs = await bundle(cachedReads);
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) =>
    cachedReads.some((file) => entryPoint?.endsWith(`functions/src/${file}.ts`)),
  );

  test("is made for each of them", () => {
    expect(entries).toHaveLength(cachedReads.length);
  });

  test.each(entries)("%s loads no AWS SDK code on a hit", (name) => {
    const loaded = loadedWith(outputs, name);
    expect(loaded.filter((file) => /@aws-sdk|@smithy/.test(file))).toEqual([]);
    expect(loaded.some((file) => file.includes("@upstash/redis"))).toBe(true);
  });

  test("has the AWS SDK behind an import() of its own", () => {
    const files = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
    expect(files.some((file) => file.includes("@aws-sdk/client-dynamodb"))).toBe(true);
  });

  test("loads jose with the first token, not before", () => {
    for (const [name] of entries)
      expect(loadedWith(outputs, name).filter((file) => file.includes("/jose/"))).toEqual([]);
  });
});
