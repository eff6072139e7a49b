import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { buildDocument } from "@algoitny/functions/openapi/api-document";
import { afterAll, beforeAll, expect, test } from "vitest";
import { typedClientExample } from "../support/docs-example.ts";

const run = promisify(execFile);
const MODULES = path.resolve(import.meta.dirname, "../../node_modules");

/** Mistakes that the types refuse: if one compiles, its directive is unused, which is an error. */
const REFUSED = `
// @ts-expect-error -- there is no such path
await api.GET("/problem/{id}/", { params: { path: { id: 1 } } });
// @ts-expect-error -- the path needs an id
await api.GET("/problems/{id}/", {});
// @ts-expect-error -- a page is a number
await api.GET("/problems/", { params: { query: { page: "one" } } });
// @ts-expect-error -- an execution needs its counts
await api.POST("/history/", { body: { problem_id: 1, language: "c", code: "" } });
// @ts-expect-error -- a problem has no such field
data.name;
`;

/** Settings of a client's project. */
const OPTIONS = {
  noEmit: true,
  strict: true,
  module: "nodenext",
  target: "es2024",
  types: ["node"],
  skipLibCheck: true,
  allowImportingTsExtensions: true,
};

let folder: string;

beforeAll(async () => {
  // Within node_modules, where the example finds openapi-fetch.
  const cache = path.join(MODULES, ".cache");
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(path.join(cache, "typed-client-"));
  const files = {
    "package.json": JSON.stringify({ type: "module" }),
    "tsconfig.json": JSON.stringify({ compilerOptions: OPTIONS, files: ["example.ts"] }),
    "openapi.json": JSON.stringify(buildDocument()),
    "example.ts": typedClientExample() + REFUSED,
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(path.join(folder, name), content);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("types are generated from the document, and the example in the documentation compiles with them", async () => {
  const hooks = path.join(import.meta.dirname, "typescript5.mjs");
  const generator = path.join(MODULES, "openapi-typescript/bin/cli.js");
  const words = ["--import", hooks, generator, "openapi.json", "-o", "api.d.ts"];
  await run(process.execPath, words, { cwd: folder });
  const compiled = run(path.join(MODULES, ".bin/tsc"), ["-p", "."], { cwd: folder });
  await expect(compiled).resolves.toEqual({ stdout: "", stderr: "" });
});
