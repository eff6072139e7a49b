import { cpSync, existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  installedServers,
  type RedisProcess,
  startRedisProcess,
} from "../../support/redis-process.ts";
import { createPackedProject, type PackedProject } from "./packed-project.ts";
import { promisedOutput, snippetsOf } from "./snippets.ts";

/** Most lines of an example: whoever reads one is in a hurry. */
const LINE_LIMIT = 60;

/** Lines of code of the same program with bentocache 1.6 or cachified 5.6, whichever is shorter. */
const LINES_ELSEWHERE = {
  "hono-lambda.ts": 26,
  "fastify-redis.ts": 26,
  "batch-loader.ts": 22,
  "api-gateway.ts": 21,
  "plain.mjs": 16,
};

const COMPILER_OPTIONS = {
  noEmit: true,
  strict: true,
  target: "es2024",
  lib: ["es2024", "esnext.disposable", "esnext.decorators"],
  module: "nodenext",
  types: ["node"],
};

let project: PackedProject;

beforeAll(() => {
  project = createPackedProject();
}, 120_000);
afterAll(() => project[Symbol.dispose]());

test("the package works in an empty project, in plain JavaScript, without the SDK of a store", () => {
  project.write(
    "main.mjs",
    `import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";
     import { cacheFetch } from "@algoitny/cache/http";
     import { cacheResponse } from "@algoitny/cache/lambda";
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
     const found = [cacheFetch, cacheResponse, VirtualClock].map((each) => typeof each);
     console.log(JSON.stringify([second.load, third.load, ...found, upstash]));`,
  );
  const printed: unknown = JSON.parse(project.run("node", ["main.mjs"]));
  expect(printed).toEqual([1, 2, "function", "function", "function", "ERR_MODULE_NOT_FOUND"]);
});

test("CommonJS code requires it", () => {
  project.write(
    "main.cjs",
    `const { Cache } = require("@algoitny/cache");
     const { createRedisStore } = require("@algoitny/cache/redis");
     console.log(typeof Cache, typeof createRedisStore);`,
  );
  expect(project.run("node", ["main.cjs"])).toBe("function function\n");
});

test("with the SDK beside it, its store is there", () => {
  project.link("@upstash/redis");
  project.write(
    "upstash.mjs",
    `import { createUpstashStore } from "@algoitny/cache/upstash";
     const store = createUpstashStore({ url: "http://127.0.0.1:9", token: "none" });
     console.log(await store.mget(["a"]).catch((error) => error.code));`,
  );
  expect(project.run("node", ["upstash.mjs"])).toBe("store_failed\n");
});

test("the package holds the compiled code, the sources that its maps name, documents and the licence", () => {
  expect(readdirSync(project.library).toSorted()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist",
    "docs",
    "examples",
    "package.json",
    "src",
  ]);
  const maps = globSync("dist/**/*.map", { cwd: project.library });
  expect(maps.length).toBeGreaterThan(100);
  const lost = maps.flatMap((map) => {
    const text = readFileSync(join(project.library, map), "utf8");
    const { sources } = JSON.parse(text) as { sources: readonly string[] };
    const files = sources.map((source) => join(dirname(map), source));
    return files.filter((file) => !existsSync(join(project.library, file)));
  });
  expect(lost).toEqual([]);
});

test("every relative link of its documents leads to a file of the package, and to a heading there", () => {
  const documents = globSync("{*,docs/**/*}.md", { cwd: project.library });
  const links = documents.flatMap((from) => {
    const text = readFileSync(join(project.library, from), "utf8");
    return [...text.matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]*))?\)/g)].map(
      ([, path, anchor]) => ({ from, to: path ? join(dirname(from), path) : from, anchor }),
    );
  });
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter(({ to, anchor }) => !leadsSomewhere(to, anchor))).toEqual([]);
});

function leadsSomewhere(to: string, anchor: string | undefined): boolean {
  const file = join(project.library, to);
  if (!existsSync(file) || anchor === undefined) return existsSync(file);
  const headings = [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return headings.includes(anchor);
}

describe("snippets of documents and examples", () => {
  let server: RedisProcess | undefined;
  let examples: string[];

  beforeAll(async () => {
    const [installed] = installedServers();
    if (installed) server = await startRedisProcess(installed[0]);
    project.link("@types", "dataloader", "fastify", "hono", "ioredis", "zod");
    cpSync(join(project.library, "examples"), join(project.folder, "examples"), {
      recursive: true,
    });
    examples = readdirSync(join(project.library, "examples"));
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const textOf = (example: string) =>
    readFileSync(join(project.library, "examples", example), "utf8");

  test("compiles against the types of the package, strictly", () => {
    const snippets = snippetsOf(project.library);
    expect(snippets.length).toBeGreaterThan(15);
    for (const [index, { from, code }] of snippets.entries())
      project.write(`snippets/${index}.ts`, `// ${from}\n${code}`);
    cpSync(
      join(import.meta.dirname, "snippet-context.d.ts"),
      join(project.folder, "snippets/context.d.ts"),
    );
    // The declarations of frameworks are theirs to check; the library's are checked below.
    expect(compile(["snippets", "examples"], { skipLibCheck: true })).toBe("");
  });

  test("rests on declarations that are strict themselves, and found by every name of the package", () => {
    const { exports } = JSON.parse(readFileSync(join(project.library, "package.json"), "utf8")) as {
      exports: Readonly<Record<string, unknown>>;
    };
    const names = Object.keys(exports).filter((name) => name !== "./package.json");
    const all = names.map(
      (name) => `export * as _${names.indexOf(name)} from "${join("@algoitny/cache", name)}";`,
    );
    project.write(
      "main.ts",
      `import { Cache, defineResource, MemoryStore } from "@algoitny/cache";
       const answer = defineResource({ name: "answer", ttl: "1 minute", load: () => 42 });
       const value: number | undefined = await new Cache({ store: new MemoryStore() }).get(answer, undefined);
       // @ts-expect-error -- the value is a number
       const wrong: string = value;
       export { wrong };
       ${all.join("\n")}`,
    );
    expect(compile(["main.ts"], { skipLibCheck: false })).toBe("");
  });

  /** Errors of the compiler, with the places of snippets. */
  function compile(include: readonly string[], options: object): string {
    const compilerOptions = { ...COMPILER_OPTIONS, ...options };
    project.write("tsconfig.json", JSON.stringify({ compilerOptions, include }));
    try {
      return project.run("tsc", ["-p", "."]);
    } catch (error) {
      const { stdout } = error as { stdout: string };
      return stdout.replaceAll(/snippets\/\d+\.ts/g, (file) => {
        const [first] = readFileSync(join(project.folder, file), "utf8").split("\n");
        return `${file} (${first})`;
      });
    }
  }

  test("prints what its comments say", () => {
    const runnable = examples.filter((each) => server || !textOf(each).includes("REDIS_URL"));
    expect(runnable.length).toBeGreaterThan(10);
    // In a thread each, since listeners to events hear every cache of theirs; two at a time, since they watch the clock.
    project.write(
      "run.mjs",
      `import { Worker } from "node:worker_threads";
       import { text } from "node:stream/consumers";
       const outputs = {};
       const left = process.argv.slice(2);
       const runAll = async () => {
         for (let each = left.shift(); each; each = left.shift()) {
           const worker = new Worker("./examples/" + each, { stdout: true });
           outputs[each] = await text(worker.stdout);
         }
       };
       await Promise.all([runAll(), runAll()]);
       console.log(JSON.stringify(outputs));`,
    );
    const env = { REDIS_URL: `redis://127.0.0.1:${server?.port ?? 0}` };
    const outputs: unknown = JSON.parse(project.run("node", ["run.mjs", ...runnable], env));
    const promised = runnable.map((each) => [each, promisedOutput(textOf(each))]);
    expect(outputs).toEqual(Object.fromEntries(promised));
  });

  test(`is at most ${LINE_LIMIT} lines long, and the README's start is the quick one`, () => {
    const long = examples.filter((each) => textOf(each).trimEnd().split("\n").length > LINE_LIMIT);
    expect(long).toEqual([]);
    const readme = readFileSync(join(project.library, "README.md"), "utf8");
    expect(/^```ts\n(.*?)^```/ms.exec(readme)?.[1]).toBe(textOf("quick-start.ts"));
  });

  test.each(Object.entries(LINES_ELSEWHERE))("is no longer than elsewhere: %s", (example, most) => {
    const [program = ""] = textOf(example).split("// Try it");
    const lines = program.split("\n").filter((line) => !/^\s*(?:\/\/.*)?$/.test(line));
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.length).toBeLessThanOrEqual(most);
  });

  test("uses every option that there is", () => {
    const all = examples
      .map(textOf)
      .join("\n")
      .replaceAll(/\/\/.*$/gm, "");
    const options = optionsIn(join(project.library, "src"));
    expect(options.length).toBeGreaterThan(50);
    const unused = options.filter((name) => !FOR_TESTS.includes(name));
    expect(unused.filter((name) => !new RegExp(`\\b${name}\\b`).test(all))).toEqual([]);
  });
});

/** Options that only tests replace. */
const FOR_TESTS = ["now", "random", "token"];

/** Files that declare what callers may say, and the interfaces there. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  "resource.ts": ["Lifetime", "CommonOptions", "ResourceOptions", "LoadedOptions"],
  "engine/context.ts": ["CacheOptions"],
  "engine/read-context.ts": ["ReadOptions"],
  "engine/get-many.ts": ["ManyOptions"],
  "engine/warm-many.ts": ["WarmOptions"],
  "engine/verify.ts": ["VerifyOptions"],
  "http/cached-handler.ts": ["CachedHandlerOptions"],
  "http/cache-fetch.ts": ["CacheFetchOptions"],
  "lambda/cache-response.ts": ["CacheResponseOptions"],
  "http/create-reply.ts": ["ResponseOptions"],
  "http/response-resource.ts": ["ResponseResourceOptions"],
};

function optionsIn(src: string): string[] {
  return Object.entries(OPTIONS).flatMap(([file, interfaces]) => {
    const text = readFileSync(join(src, file), "utf8");
    return interfaces.flatMap((name) => {
      const body = new RegExp(`interface ${name}\\b.*?\\{\\n(.*?)^\\}`, "ms").exec(text)?.[1];
      if (body === undefined) throw new Error(`${file} has no interface ${name}`);
      return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(
        ([, option = ""]) => option,
      );
    });
  });
}
