import { execFileSync } from "node:child_process";
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pack, packCopy, TOOLS } from "../../../packages/cache/scripts/pack-copy.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
let folder: string;
let project: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "package-"));
  project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  install(packCopy(folder), pack(folderOf("lru-cache"), folder, "--ignore-scripts"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Where npm has put a package that the library needs. */
function folderOf(name: string): string {
  const file = createRequire(join(ROOT, "packages/cache/package.json")).resolve(name);
  return file.slice(0, file.lastIndexOf(`node_modules/${name}/`)) + `node_modules/${name}`;
}

/** Installs archives into the project; whatever they need beside each other would have to come from a registry. */
function install(...archives: string[]): void {
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--silent", ...archives], project);
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    env: TOOLS,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test("the package works in an empty project, in plain JavaScript, without the SDK of a store", () => {
  writeFileSync(
    join(project, "main.mjs"),
    `import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";
     import { cacheFetch } from "@algoitny/cache/http";
     import { cacheResponse } from "@algoitny/cache/lambda";
     import { sendResponse } from "@algoitny/cache/node";
     import { VirtualClock } from "@algoitny/cache/testing";
     const tags = defineTags({ book: (id) => [id] });
     let loads = 0;
     const book = defineResource({
       name: "book", key: ({ id }) => ({ id }), tags: ({ id }) => [tags.book(id)], ttl: "1 minute",
       l1: true, load: ({ id }) => ({ id, load: ++loads }),
     });
     const cache = new Cache({ store: new MemoryStore() });
     await cache.get(book, { id: 7 });
     const second = await cache.get(book, { id: 7 });
     await cache.invalidate([tags.book(7)]);
     const third = await cache.get(book, { id: 7 });
     const upstash = await import("@algoitny/cache/upstash").catch((error) => error.code);
     console.log(JSON.stringify([second.load, third.load, typeof cacheFetch, typeof cacheResponse, typeof sendResponse, typeof VirtualClock, upstash]));`,
  );
  expect(JSON.parse(run("node", ["main.mjs"], project))).toEqual([
    1,
    2,
    "function",
    "function",
    "function",
    "function",
    "ERR_MODULE_NOT_FOUND",
  ]);
});

test("with the SDK beside it, its store is there", () => {
  install(
    ...["@upstash/redis", "uncrypto"].map((name) =>
      pack(folderOf(name), folder, "--ignore-scripts"),
    ),
  );
  writeFileSync(
    join(project, "upstash.mjs"),
    `import { createUpstashStore } from "@algoitny/cache/upstash";
     const store = createUpstashStore({ url: "http://127.0.0.1:9", token: "none" });
     console.log(await store.mget(["a"]).catch((error) => error.code));`,
  );
  expect(run("node", ["upstash.mjs"], project)).toBe("store_failed\n");
});

test("its types are found and strict in a TypeScript project", () => {
  symlinkSync(join(ROOT, "node_modules/@types"), join(project, "node_modules/@types"));
  writeFileSync(
    join(project, "main.ts"),
    `import { Cache, defineResource, MemoryStore } from "@algoitny/cache";
     const answer = defineResource({ name: "answer", ttl: "1 minute", load: () => 42 });
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

const installed = () => join(project, "node_modules/@algoitny/cache");

test("the package holds the compiled code, the sources that its maps name, documents and the licence", () => {
  expect(readdirSync(installed()).toSorted()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist",
    "docs",
    "package.json",
    "src",
  ]);
  const maps = globSync("dist/**/*.map", { cwd: installed() });
  expect(maps.length).toBeGreaterThan(100);
  const lost = maps.flatMap((map) => {
    const { sources } = JSON.parse(readFileSync(join(installed(), map), "utf8")) as SourceMap;
    const files = sources.map((source) => join(dirname(map), source));
    return files.filter((file) => !existsSync(join(installed(), file)));
  });
  expect(lost).toEqual([]);
});

test("every relative link of its documents leads to a file of the package, and to a heading there", () => {
  const documents = globSync("{*,docs/**/*}.md", { cwd: installed() });
  const links = documents.flatMap((from) => {
    const text = readFileSync(join(installed(), from), "utf8");
    return [...text.matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]*))?\)/g)].map(
      ([, path, anchor]) => ({ from, to: path ? join(dirname(from), path) : from, anchor }),
    );
  });
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter(({ to, anchor }) => !leadsSomewhere(to, anchor))).toEqual([]);
});

interface SourceMap {
  sources: readonly string[];
}

function leadsSomewhere(to: string, anchor: string | undefined): boolean {
  const file = join(installed(), to);
  if (!existsSync(file) || anchor === undefined) return existsSync(file);
  const headings = [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return headings.includes(anchor);
}
