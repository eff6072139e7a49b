import { build } from "esbuild";
import { expect, test } from "vitest";

/** Modules that an entry point loads when it is bundled for a function. */
async function modulesOf(entry: string): Promise<string[]> {
  const options = {
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
  } as const;
  const { metafile } = await build({ ...options, entryPoints: [`packages/core/src/${entry}`] });
  return Object.keys(metafile.inputs);
}

test.each(["views.ts", "invalidation-rules.ts", "warming.ts"])(
  "%s imports no AWS SDK, so that a hit never loads it",
  async (entry) => {
    const modules = await modulesOf(entry);
    expect(modules.filter((path) => /@aws-sdk|@smithy/.test(path))).toEqual([]);
  },
);

test("the tables import the SDK", async () => {
  expect((await modulesOf("tables.ts")).some((path) => path.includes("@aws-sdk"))).toBe(true);
});
