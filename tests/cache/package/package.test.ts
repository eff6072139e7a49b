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

const ROOT = resolve(import.meta.dirname, "../../..");
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
  project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  install(pack(copy), pack(folderOf("lru-cache"), "--ignore-scripts"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Where npm has put a package that the library needs. */
function folderOf(name: string): string {
  const file = createRequire(join(ROOT, "packages/cache/package.json")).resolve(name);
  return file.slice(0, file.lastIndexOf(`node_modules/${name}/`)) + `node_modules/${name}`;
}

/** Makes a package's archive, as it would be published. */
function pack(source: string, ...options: string[]): string {
  const [{ filename }] = JSON.parse(
    run("npm", ["pack", "--json", "--silent", "--pack-destination", folder, ...options], source),
  ) as [{ filename: string }];
  return join(folder, filename);
}

/** Installs archives into the project; whatever they need beside each other would have to come from a registry. */
function install(...archives: string[]): void {
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--silent", ...archives], project);
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    env: ENVIRONMENT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test("the package works in an empty project, in plain JavaScript, without the SDK of a store", () => {
  writeFileSync(
    join(project, "main.mjs"),
    `import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";
     import { cacheResponse } from "@algoitny/cache/http";
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
     console.log(JSON.stringify([second.load, third.load, typeof cacheResponse, typeof VirtualClock, upstash]));`,
  );
  expect(JSON.parse(run("node", ["main.mjs"], project))).toEqual([
    1,
    2,
    "function",
    "function",
    "ERR_MODULE_NOT_FOUND",
  ]);
});

test("with the SDK beside it, its store is there", () => {
  install(
    ...["@upstash/redis", "uncrypto"].map((name) => pack(folderOf(name), "--ignore-scripts")),
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

test("the package holds the compiled code, its types, the README and the licence, and no sources", () => {
  const installed = join(project, "node_modules/@algoitny/cache");
  expect(readdirSync(installed).toSorted()).toEqual([
    "LICENSE",
    "README.md",
    "dist",
    "package.json",
  ]);
});
