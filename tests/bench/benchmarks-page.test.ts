import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { readRecorded } from "../../packages/bench/src/recorded.ts";
import {
  chartsOf,
  READMES,
  toDocument,
  toReadme,
} from "../../packages/bench/src/report/document.ts";

const DOCS = resolve(import.meta.dirname, "../../docs");
const recorded = readRecorded();

test("docs/benchmarks.md has the recorded numbers and no others", () => {
  expect(Object.keys(recorded.rows)).not.toEqual([]);
  expect(readFileSync(join(DOCS, "benchmarks.md"), "utf8")).toBe(toDocument(recorded));
});

test("the charts are drawn from the recorded numbers", () => {
  const charts = chartsOf(recorded);
  expect(readdirSync(join(DOCS, "benchmarks")).toSorted()).toEqual([...charts.keys()].toSorted());
  for (const [file, svg] of charts)
    expect(readFileSync(join(DOCS, "benchmarks", file), "utf8")).toBe(svg);
});

test.each(READMES)("%s shows the recorded numbers and no others", (file, tableOf) => {
  const readme = readFileSync(file, "utf8");
  expect(readme).toBe(toReadme(readme, tableOf(recorded)));
});

test("the library's README shows that no read is old, and what that costs", () => {
  expect(readFileSync(READMES[0][0], "utf8")).toContain(
    "| **@algoitny/cache** | new | new | new | none | 1 | 1 |",
  );
});
