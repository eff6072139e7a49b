import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const ENVIRONMENT = {
  ...process.env,
  PATH: `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"]}`,
};
let folder: string;
let project: string;

/** Packs a copy, since packing changes the manifest for a moment and other tests read it. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "package-"));
  const copy = join(folder, "workspace/packages/cache");
  cpSync(join(ROOT, "packages/cache"), copy, { recursive: true });
  for (const file of ["tsconfig.json", "LICENSE"])
    cpSync(join(ROOT, file), join(folder, "workspace", file));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "workspace/node_modules"));
  run("npm", ["pack", "--pack-destination", folder], copy);
  project = join(folder, "project");
  const installed = join(project, "node_modules/@algoitny/cache");
  mkdirSync(installed, { recursive: true });
  const [tarball] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  run(
    "tar",
    ["-xzf", join(folder, tarball as string), "--strip-components=1", "-C", installed],
    folder,
  );
  // What npm would install beside it.
  const lru = createRequire(join(ROOT, "packages/cache/package.json")).resolve("lru-cache");
  const [lruFolder] = /^.*node_modules\/lru-cache/.exec(lru) as [string];
  symlinkSync(lruFolder, join(project, "node_modules/lru-cache"));
  symlinkSync(join(ROOT, "node_modules/@upstash"), join(project, "node_modules/@upstash"));
  symlinkSync(join(ROOT, "node_modules/@types"), join(project, "node_modules/@types"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    env: ENVIRONMENT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test("the package works in an empty project, in plain JavaScript", () => {
  writeFileSync(
    join(project, "main.mjs"),
    `import { Cache, defineResource, defineTags, keyOf, MemoryStore } from "@algoitny/cache";
     import { createUpstashStore } from "@algoitny/cache/upstash";
     import { cacheResponse } from "@algoitny/cache/http";
     import { VirtualClock } from "@algoitny/cache/testing";
     const tags = defineTags({ book: (id) => [id] });
     let loads = 0;
     const book = defineResource({
       name: "book", key: ({ id }) => keyOf({ id }), tags: ({ id }) => [tags.book(id)], fresh: "1 minute",
       l1: {}, load: ({ id }) => ({ id, load: ++loads }),
     });
     const cache = new Cache({ store: new MemoryStore() });
     await cache.get(book, { id: 7 });
     const second = await cache.get(book, { id: 7 });
     await cache.invalidate([tags.book(7)]);
     const third = await cache.get(book, { id: 7 });
     console.log(JSON.stringify([second.load, third.load, typeof createUpstashStore, typeof cacheResponse, typeof VirtualClock]));`,
  );
  expect(JSON.parse(run("node", ["main.mjs"], project))).toEqual([
    1,
    2,
    "function",
    "function",
    "function",
  ]);
});

test("its types are found and strict in a TypeScript project", () => {
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(project, "main.ts"),
    `import { Cache, defineResource, MemoryStore } from "@algoitny/cache";
     const answer = defineResource({ name: "answer", fresh: "1 minute", load: () => 42 });
     const value: number | undefined = await new Cache({ store: new MemoryStore() }).get(answer, undefined);
     // @ts-expect-error -- the value is a number
     const wrong: string = value;
     export { wrong };`,
  );
  const options = [
    "--noEmit",
    "--strict",
    "--target",
    "es2024",
    "--module",
    "nodenext",
    "--types",
    "node",
  ];
  expect(run("tsc", [...options, "main.ts"], project)).toBe("");
});

test("the package holds the compiled code, its types, the README and the licence, and no sources", () => {
  const installed = join(project, "node_modules/@algoitny/cache");
  expect(readdirSync(installed).toSorted()).toEqual([
    "LICENSE",
    "README.md",
    "dist",
    "package.json",
  ]);
});
