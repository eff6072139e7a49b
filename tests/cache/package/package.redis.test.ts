import { cpSync, existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  installedServers,
  type RedisProcess,
  startRedisProcess,
} from "../../support/redis-process.ts";
import { FOR_TESTS, optionsIn } from "./options-in.ts";
import { createPackedProject, type PackedProject } from "./packed-project.ts";
import { promisedOutput, snippetsOf } from "./snippets.ts";

/** Maximum number of lines of an example, for readers in a hurry. */
const LINE_LIMIT = 60;

/** Lines of the README in which it shows a value that an invalidation has made new. */
const README_PROVES_IN = 20;

/** Lines of the shortest equivalent programs with other libraries, by the names of our examples. */
const ELSEWHERE = [
  ...readFileSync(join(import.meta.dirname, "../../../docs/first-programs.md"), "utf8").matchAll(
    /^## (\S+)\n.*?```\w+\n(.*?)```/gms,
  ),
].map(([, name = "", program = ""]) => [name, linesOf(program)] as const);

/** Lines of code of a program, up to the part that tries it. */
function linesOf(text: string): number {
  const [program = ""] = text.split("// Try it");
  return program.split("\n").filter((line) => !/^\s*(?:\/\/.*)?$/.test(line)).length;
}

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

test("the package works in an empty project in plain JavaScript, takes a look without a store's SDK, and names missing packages", () => {
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
     const { createUpstashStore } = await import("@algoitny/cache/upstash");
     const store = createUpstashStore({ url: "http://127.0.0.1:9", token: "none" });
     const messageOf = (asked) => asked.then(() => "answered", (error) => error.message);
     const upstash = await messageOf(store.delete(["any"]));
     const looks = [store.mget(["any"]), store.revalidate({ keys: ["any"], stampCount: 0, etags: ["any"] })];
     const needSdk = (await Promise.all(looks.map(messageOf))).map((text) => text.includes("not installed"));
     const { createSchema } = await import("@algoitny/cache/graphql");
     const graphql = await messageOf(createSchema("type Query { a: Int }", {}));
     const found = [cacheFetch, cacheResponse, VirtualClock].map((each) => typeof each);
     console.log(JSON.stringify([second.load, third.load, ...found, upstash, ...needSdk, graphql]));`,
  );
  expect(JSON.parse(project.run("node", ["main.mjs"]))).toEqual([
    1,
    2,
    "function",
    "function",
    "function",
    "store_misconfigured: @upstash/redis is not installed: npm install @upstash/redis",
    false,
    false,
    "definition_invalid: graphql is not installed: npm install graphql",
  ]);
});

test("CommonJS code can require it", () => {
  project.write(
    "main.cjs",
    `const { Cache } = require("@algoitny/cache");
     const { createRedisStore } = require("@algoitny/cache/redis");
     console.log(typeof Cache, typeof createRedisStore);`,
  );
  expect(project.run("node", ["main.cjs"])).toBe("function function\n");
});

test("with its SDK installed, the Upstash store can be used", () => {
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
  expect(readdirSync(project.installed).toSorted()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist",
    "docs",
    "examples",
    "package.json",
    "src",
  ]);
  const maps = globSync("dist/**/*.map", { cwd: project.installed });
  expect(maps.length).toBeGreaterThan(100);
  const lost = maps.flatMap((map) => {
    const text = readFileSync(join(project.installed, map), "utf8");
    const { sources } = JSON.parse(text) as { sources: readonly string[] };
    const files = sources.map((source) => join(dirname(map), source));
    return files.filter((file) => !existsSync(join(project.installed, file)));
  });
  expect(lost).toEqual([]);
});

test("every relative link of its documents leads to a file of the package, and to a heading there", () => {
  const documents = globSync("{*,docs/**/*}.md", { cwd: project.installed });
  const links = documents.flatMap((from) => {
    const text = readFileSync(join(project.installed, from), "utf8");
    return [...text.matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]*))?\)/g)].map(
      ([, path, anchor]) => ({ from, to: path ? join(dirname(from), path) : from, anchor }),
    );
  });
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter(({ to, anchor }) => !leadsSomewhere(to, anchor))).toEqual([]);
});

function leadsSomewhere(to: string, anchor: string | undefined): boolean {
  const file = join(project.installed, to);
  if (!existsSync(file) || anchor === undefined) return existsSync(file);
  const headings = [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return headings.includes(anchor);
}

describe("a snippet of a document, or an example,", () => {
  let server: RedisProcess | undefined;
  let examples: string[];

  beforeAll(async () => {
    const [installed] = installedServers();
    if (installed) server = await startRedisProcess(installed[0]);
    project.link(
      "@apollo",
      "@aws-sdk",
      "@opentelemetry",
      "@types",
      "dataloader",
      "fastify",
      "graphql",
      "graphql-yoga",
      "hono",
      "ioredis",
      "zod",
    );
    cpSync(join(project.installed, "examples"), join(project.folder, "examples"), {
      recursive: true,
    });
    examples = readdirSync(join(project.installed, "examples"));
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const textOf = (example: string) =>
    readFileSync(join(project.installed, "examples", example), "utf8");

  test("compiles against the types of the package, strictly", () => {
    const snippets = snippetsOf(project.installed);
    expect(snippets.length).toBeGreaterThan(15);
    for (const [index, { from, code }] of snippets.entries())
      project.write(`snippets/${index}.ts`, `// ${from}\n${code}`);
    cpSync(
      join(import.meta.dirname, "snippet-context.d.ts"),
      join(project.folder, "snippets/context.d.ts"),
    );
    // Declarations of frameworks are not checked here; the library's are, below.
    expect(compile(["snippets", "examples"], { skipLibCheck: true })).toBe("");
  });

  test("rests on declarations that compile strictly too, under every name that the package exports", () => {
    const { exports } = JSON.parse(
      readFileSync(join(project.installed, "package.json"), "utf8"),
    ) as {
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

  /** Compiler errors, with the places of the snippets. */
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

  test("prints the output that its comments show", () => {
    const runnable = examples.filter((each) => server || !textOf(each).includes("REDIS_URL"));
    expect(runnable.length).toBeGreaterThan(10);
    // One thread each, because listeners receive the events of every cache in their thread; two at a time, because they
    // are timed.
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

  test(`is at most ${LINE_LIMIT} lines long, and the README begins with the quick start`, () => {
    const long = examples.filter((each) => textOf(each).trimEnd().split("\n").length > LINE_LIMIT);
    expect(long).toEqual([]);
    const readme = readFileSync(join(project.installed, "README.md"), "utf8");
    expect(/^```ts\n(.*?)^```/ms.exec(readme)?.[1]).toBe(textOf("quick-start.ts"));
    expect(readme.split("\n").slice(0, README_PROVES_IN).join("\n")).toContain("'Persuasion' }");
  });

  test.each(ELSEWHERE)(
    "is no longer than the same with another library, and the README gives both numbers: %s",
    (example, most) => {
      const lines = linesOf(textOf(example));
      expect(lines).toBeGreaterThan(5);
      expect(lines).toBeLessThanOrEqual(most);
      const readme = readFileSync(join(project.installed, "README.md"), "utf8");
      expect(readme.replaceAll("\n", " ")).toContain(`](examples/${example}) ${lines} and ${most}`);
    },
  );

  test("is compared with other libraries in five beginners' examples", () =>
    expect(ELSEWHERE.length).toBe(5));

  test("uses, with the others, every option of the library", () => {
    const all = examples
      .map(textOf)
      .join("\n")
      .replaceAll(/\/\/.*$/gm, "");
    const options = optionsIn(join(project.installed, "src"));
    expect(options.length).toBeGreaterThan(50);
    const unused = options.filter((name) => !FOR_TESTS.includes(name));
    expect(unused.filter((name) => !new RegExp(`\\b${name}\\b`).test(all))).toEqual([]);
  });
});
