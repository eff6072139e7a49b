import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { startRuntime, type RuntimeOptions } from "@algoitny/local/invoke";

/** A folder of functions, and a runtime over it that closes with the test. */
async function setup(files: Record<string, string>, options: Partial<RuntimeOptions> = {}) {
  const path = await mkdtemp(join(tmpdir(), "runtime-"));
  const folder = pathToFileURL(`${path}/`);
  const write = async (file: string, code: string) => {
    await mkdir(join(path, file, ".."), { recursive: true });
    await writeFile(join(path, `${file}.ts`), code);
  };
  for (const [file, code] of Object.entries(files)) await write(file, code);
  const reloads: string[] = [];
  const output: string[] = [];
  const runtime = startRuntime({
    env: {},
    folder,
    watched: [folder],
    onReload: (changed) => reloads.push(changed),
    onOutput: (line) => output.push(line),
    ...options,
  });
  onTestFinished(async () => {
    await runtime.close();
    await rm(path, { recursive: true });
  });
  return { path, write, runtime, reloads, output };
}

const COUNTER = "let n = 0; export const handler = () => (n += 1);";

test("a handler gets its event and a context, and its result is returned as JSON would represent it", async () => {
  const { runtime } = await setup({
    "http/a": `export const handler = async (event, context) => ({
      event,
      name: context.functionName,
      id: context.awsRequestId,
      remaining: context.getRemainingTimeInMillis(),
      date: new Date(0),
      dropped: undefined,
    });`,
  });
  const result = await runtime.invoke("http/a", { x: [1] });
  expect(result).toEqual({
    event: { x: [1] },
    name: "http/a",
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    remaining: expect.toSatisfy((ms: number) => ms > 8_000 && ms <= 10_000),
    date: "1970-01-01T00:00:00.000Z",
  });
});

test("modules are kept between invocations", async () => {
  const { runtime } = await setup({ "http/a": COUNTER });
  expect([await runtime.invoke("http/a", {}), await runtime.invoke("http/a", {})]).toEqual([1, 2]);
});

test("invocations run concurrently", async () => {
  const { runtime } = await setup({
    "http/a": `
      let arrived = 0;
      let open;
      const all = new Promise((resolve) => (open = resolve));
      export const handler = async () => { if (++arrived === 8) open(); await all; return arrived; };`,
  });
  const results = Array.from({ length: 8 }, () => runtime.invoke("http/a", {}));
  expect(await Promise.all(results)).toEqual(Array.from({ length: 8 }, () => 8));
});

test("one instance runs 8 invocations at a time, and the waiting ones in order", async () => {
  const { runtime } = await setup({
    "http/a": `
      let under = 0;
      let most = 0;
      const order = [];
      export const handler = async (name) => {
        most = Math.max(most, (under += 1));
        order.push(name);
        await new Promise((resolve) => setImmediate(resolve));
        under -= 1;
        return { most, order };
      };`,
  });
  const names = Array.from({ length: 100 }, (_, index) => index);
  const results = await Promise.all(names.map((name) => runtime.invoke("http/a", name)));
  expect(results.at(-1)).toEqual({
    most: expect.toSatisfy((most: number) => most > 1 && most <= 8),
    order: names,
  });
});

test("the time limit of an invocation starts when its module has been loaded", async () => {
  const { runtime } = await setup({
    "http/a": `await new Promise((resolve) => setTimeout(resolve, 50));
      const loadedMs = Date.now();
      export const handler = (_, context) =>
        context.getRemainingTimeInMillis() + Date.now() - loadedMs;`,
  });
  expect(await runtime.invoke("http/a", {})).toBeGreaterThanOrEqual(10_000);
});

test("API, stream and schedule functions share no memory", async () => {
  const shared = "let n = 0; export const next = () => (n += 1);";
  const handler = `import { next } from "../shared.ts"; export const handler = () => next();`;
  const files = { shared, "http/a": handler, "stream/a": handler, "schedule/a": handler };
  const { runtime } = await setup(files);
  const results = ["http/a", "stream/a", "schedule/a"].map((file) => runtime.invoke(file, {}));
  expect(await Promise.all(results)).toEqual([1, 1, 1]);
});

test("several API instances take turns, and a request may choose one", async () => {
  const { runtime } = await setup({ "http/a": COUNTER }, { instances: 2 });
  const turns = [];
  for (let i = 0; i < 4; i += 1) turns.push(await runtime.invoke("http/a", {}));
  expect(turns).toEqual([1, 1, 2, 2]);
  expect(await runtime.invokeApi("http/a", {}, 1)).toBe(3);
  expect(await runtime.invokeApi("http/a", {}, 1)).toBe(4);
});

test("functions have only the given environment, nothing of this process's", async () => {
  const { runtime } = await setup(
    { "http/a": "export const handler = () => ({ ...process.env });" },
    { env: { A: "1" } },
  );
  expect(await runtime.invoke("http/a", {})).toEqual({ A: "1" });
});

test("output of functions is reported line by line", async () => {
  const { runtime, output } = await setup({
    "http/a": `export const handler = () => { console.log("one\\ntwo"); console.error("three"); };`,
  });
  expect(await runtime.invoke("http/a", {})).toBeNull();
  await vi.waitFor(() => expect(output.toSorted()).toEqual(["one", "three", "two"]));
});

test.each([
  [
    "throws",
    `export const handler = () => { throw new RangeError("too far"); };`,
    "RangeError: too far",
  ],
  ["rejects", `export const handler = async () => { throw "text"; };`, "Error: text"],
  ["exports none", `export const other = 1;`, "exports no `handler`"],
  ["does not parse", `export const handler = (`, "SyntaxError"],
  ["exits", `export const handler = () => process.exit(1);`, "the instance ended"],
  [
    "fails beside its promise",
    `export const handler = () => { setTimeout(() => { throw new Error("late"); }); return new Promise(() => {}); };`,
    "late",
  ],
])(
  "a handler that %s rejects its invocation, and the next invocation works",
  async (_, code, message) => {
    const { runtime } = await setup({ "http/bad": code, "http/good": COUNTER });
    await expect(runtime.invoke("http/bad", {})).rejects.toThrow(message);
    expect(await runtime.invoke("http/good", {})).toBe(1);
  },
);

test("invoking a missing file rejects", async () => {
  const { runtime } = await setup({ "http/a": COUNTER });
  await expect(runtime.invoke("http/none", {})).rejects.toThrow("none.ts");
  await expect(runtime.invoke("else/none", {})).rejects.toThrow("functions are in http");
});

test("the next invocation runs a changed file, also one that is only imported", async () => {
  const { runtime, write, reloads } = await setup({
    "lib/value": "export const value = 1;",
    "http/a": `import { value } from "../lib/value.ts"; export const handler = () => value;`,
  });
  expect(await runtime.invoke("http/a", {})).toBe(1);
  await write("lib/value", "export const value = 2;");
  await vi.waitFor(() => expect(reloads).toHaveLength(1));
  expect(await runtime.invoke("http/a", {})).toBe(2);
});

test("a file that is replaced by renaming is noticed every time, and so is one in a new folder", async () => {
  const { runtime, write, path, reloads } = await setup({
    "http/a": "export const handler = () => 1;",
  });
  for (const value of [2, 3]) {
    await runtime.invoke("http/a", {});
    await write("draft", `export const handler = () => ${value};`);
    await rename(join(path, "draft.ts"), join(path, "http/a.ts"));
    await vi.waitFor(async () => expect(await runtime.invoke("http/a", {})).toBe(value));
  }
  await mkdir(join(path, "new"));
  await vi.waitFor(() => expect(reloads.at(-1)).toMatch(/new$/));
  await runtime.invoke("http/a", {});
  await write("new/b", "");
  await vi.waitFor(() => expect(reloads.at(-1)).toMatch(/b\.ts$/));
});

test("an invocation that has begun ends in the same code", async () => {
  const { runtime, write, reloads } = await setup({
    "http/a": `
      let release;
      export const handler = (event) => event.release
        ? release()
        : new Promise((resolve) => { release = () => resolve("old"); });`,
    "http/b": "export const handler = () => 1;",
  });
  const inFlight = runtime.invoke("http/a", {});
  await runtime.invoke("http/b", {}); // answered by the same instance: the first has begun
  const release = runtime.invoke("http/a", { release: true });
  await write("http/b", "export const handler = () => 2;");
  await vi.waitFor(() => expect(reloads).toHaveLength(1));
  expect(await runtime.invoke("http/b", {})).toBe(2);
  expect(await release).toBeNull();
  expect(await inFlight).toBe("old");
});

test("the last output of a function is not lost when its instance is replaced", async () => {
  const { runtime, write, path, reloads, output } = await setup({
    "http/a": `import { existsSync } from "node:fs";
      export const handler = async ({ go }) => {
        while (!existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 5));
        for (let line = 0; line < 500; line += 1) process.stdout.write("line\\n");
        // Lines after the first are sent once the first has been taken: the block keeps them here until after the
        // answer.
        setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200));
      };`,
  });
  const go = join(path, "go.txt");
  const answered = runtime.invoke("http/a", { go });
  await write("http/b", "export const handler = () => 1;");
  await vi.waitFor(() => expect(reloads.length).toBeGreaterThan(0));
  await writeFile(go, "");
  await answered;
  await vi.waitFor(() => expect(output).toHaveLength(500));
});

test("preloading loads modules in every instance and invokes nothing", async () => {
  const { runtime, output } = await setup(
    {
      "http/a": `console.log("loaded"); export const handler = () => console.log("invoked");`,
      "http/broken": "export const handler = (",
    },
    { instances: 2 },
  );
  await runtime.preload(["http/a", "http/broken"]);
  await vi.waitFor(() => expect(output).toEqual(["loaded", "loaded"]));
});

test("closing rejects running invocations and all later ones", async () => {
  const { runtime } = await setup({
    "http/a": "export const handler = () => new Promise(() => {});",
  });
  const inFlight = runtime.invoke("http/a", {}).catch(String);
  await runtime.close();
  expect(await inFlight).toContain("the instance ended");
  await expect(runtime.invoke("http/a", {})).rejects.toThrow("closed");
});

test.each([
  ["throw Object.create(null)", "Error: [Object: null prototype] {}"],
  ["throw Symbol('odd')", "Error: Symbol(odd)"],
  ["throw undefined", "Error: undefined"],
  ["throw Object.assign(new Error(), { message: { a: 1n } })", "Error: { a: 1n }"],
  ["const loop = {}; loop.loop = loop; return loop;", "TypeError: Converting circular structure"],
  ["return 1n;", "TypeError: Do not know how to serialize a BigInt"],
])("the error of a handler that does `%s` is sent as text", async (code, message) => {
  const { runtime } = await setup({ "http/a": `export const handler = async () => { ${code} };` });
  await expect(runtime.invoke("http/a", {})).rejects.toThrow(message);
});

test("a message that a function sends through its thread's port is not a result", async () => {
  const { runtime } = await setup({
    "http/a": `
      import { parentPort } from "node:worker_threads";
      export const handler = () => {
        for (const odd of [null, "x", 7, {}, { id: 1, result: { a: 1 } }, { id: 1, error: null }]) parentPort.postMessage(odd);
        return "fine";
      };`,
  });
  expect(await runtime.invoke("http/a", {})).toBe("fine");
});
