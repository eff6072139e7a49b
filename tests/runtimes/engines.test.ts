import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { RUNTIMES } from "./runtimes.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

function manifestOf(folder: string) {
  return JSON.parse(readFileSync(path.join(ROOT, folder, "package.json"), "utf8")) as {
    engines?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
}

test("the library's `engines` names the oldest Node that it is tested in", () => {
  const oldest = manifestOf("tests/runtimes/node-20").devDependencies?.["node"];
  expect(manifestOf("packages/cache").engines).toEqual({ node: `>=${oldest}` });
});

test.each(RUNTIMES.flatMap(({ project }) => project ?? []))(
  "%s is pinned by a lock file",
  (name) => {
    expect(existsSync(path.join(import.meta.dirname, name, "package-lock.json"))).toBe(true);
  },
);
