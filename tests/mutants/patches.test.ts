import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readMutants } from "./mutant.ts";
import { createTitleSearch } from "./titles.ts";
import { misfits } from "./tree-copy.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const mutants = await readMutants(import.meta.dirname);

test("every planted bug still applies to the source: make its patch again, or delete it with its rule", async () => {
  const patches = mutants.map(({ patch }) => patch);
  const names = (await misfits(ROOT, patches)).map((patch) => path.relative(ROOT, patch));
  expect(names).toEqual([]);
});

test("every planted bug names a test: write its title again, whole where it has values of `test.each`", () => {
  const isThere = createTitleSearch(ROOT);
  const lost = mutants.filter(({ test: file }) => !existsSync(path.join(ROOT, file)));
  expect(lost.map(({ name }) => name)).toEqual([]);
  const renamed = mutants.filter((mutant) => !isThere(mutant));
  expect(renamed.map(({ name, title }) => `${name}: ${title}`)).toEqual([]);
});

test.each([
  ["open-breaker.test.ts", "failures among successes do not open the", true],
  ["open-breaker.test.ts", "failures among successes do not open a", false],
  ["open-breaker.test.ts", "an open breaker does not refuse to delete", true],
  ["open-breaker.test.ts", "an open breaker never refuses to delete", false],
  ["store-suite.test.ts", "the store in memory > a lease is released by its holder only", true],
  ["store-suite.test.ts", "the store in memory > a lease is released by anyone", false],
])("in %s, a test named %j is there: %j", (file, title, expected) => {
  const named = { test: `tests/cache/store/${file}`, title };
  expect(createTitleSearch(ROOT)(named)).toBe(expected);
});
