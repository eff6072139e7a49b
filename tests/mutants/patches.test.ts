import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readMutants } from "./mutant.ts";
import { misfits } from "./tree-copy.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const mutants = await readMutants(import.meta.dirname);

test("every planted bug still applies to the source: make its patch again, or delete it with its rule", async () => {
  const patches = mutants.map(({ patch }) => patch);
  const names = (await misfits(ROOT, patches)).map((patch) => path.relative(ROOT, patch));
  expect(names).toEqual([]);
});

test("every planted bug names an existing test file", () => {
  const homeless = mutants.filter(({ test: file }) => !existsSync(path.join(ROOT, file)));
  expect(homeless.map(({ name }) => name)).toEqual([]);
});
