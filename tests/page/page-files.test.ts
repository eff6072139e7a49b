import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { pageAnswer } from "@algoitny/functions/page/page-answer";
import { writePage } from "@algoitny/page/build-page";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** Maximum size of the files that a visitor downloads before the page shows anything: 60 KB. */
const LIMIT_BYTES = 60 * 1024;

const DOCUMENT = "index.html";

let folder: URL;
let names: string[];
beforeAll(async () => {
  const made = await mkdtemp(path.join(os.tmpdir(), "page-"));
  await writePage(made);
  folder = pathToFileURL(`${made}/`);
  names = (await readdir(made)).filter((name) => !name.endsWith(".br"));
});
afterAll(() => rm(folder, { recursive: true }));

async function served(name?: string, acceptEncoding?: string) {
  const {
    statusCode,
    headers = {},
    body = "",
  } = await pageAnswer(folder, { name, acceptEncoding });
  return { statusCode, headers, bytes: Buffer.from(body, "base64") };
}

describe("the dashboard's files", () => {
  test("have at most 60 KB together, compressed", async () => {
    const all = await Promise.all(names.map((name) => served(name, "br")));
    const bytes = all.reduce((sum, file) => sum + file.bytes.length, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(LIMIT_BYTES);
  });

  test("are those that its document loads, and no other origin's", async () => {
    const document = (await served()).bytes.toString();
    const asked = Array.from(
      document.matchAll(/(?:src|href)="\/ops\/([^"]+)"/g),
      ([, name]) => name ?? "",
    );
    expect([...asked, DOCUMENT].toSorted()).toEqual(names.toSorted());
    expect(document).not.toMatch(/https?:|<style|<script>| on\w+=/);
  });

  test("are served compressed to clients that accept that, and plain to others", async () => {
    for (const name of names) {
      const [plain, compressed] = [await served(name), await served(name, "gzip, br")];
      expect(compressed.headers).toMatchObject({ "content-encoding": "br" });
      expect(plain.headers).not.toHaveProperty("content-encoding");
      expect(brotliDecompressSync(compressed.bytes).equals(plain.bytes)).toBe(true);
    }
  });

  test.each([
    ["br", true],
    ["gzip;q=1, BR;q=0.001", true],
    ["br;q=1.0, gzip", true],
    ["br;q=0", false],
    ["gzip, br; q=0.000", false],
    ["x-br", false],
  ])("with Accept-Encoding: %s, their compression is %s", async (accepted, isCompressed) => {
    const { headers } = await served(DOCUMENT, accepted);
    expect("content-encoding" in headers).toBe(isCompressed);
  });

  test("have immutable caching if their name changes with their content; the document is revalidated each time", async () => {
    for (const name of names) {
      const { headers } = await served(name);
      expect(headers["cache-control"]).toMatch(name === DOCUMENT ? /^no-cache$/ : /immutable/);
    }
  });

  test("have a policy that allows no inline code, no text as markup and no other origin", async () => {
    const policy = String((await served()).headers["content-security-policy"]);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/unsafe|\*|https:/);
  });
});

test("a build leaves no file of an earlier one, and several builds may run concurrently", async () => {
  const made = await mkdtemp(path.join(os.tmpdir(), "page-"));
  await writeFile(path.join(made, "main-OLD.js"), "old");
  await Promise.all([writePage(made), writePage(made)]);
  const left = (await readdir(made)).filter((name) => !name.endsWith(".br"));
  expect(left.toSorted()).toEqual(names.toSorted());
  await rm(made, { recursive: true });
});

test.each([
  ["none.js"],
  ["../index.html"],
  ["..%2Findex.html"],
  ["index.html.br"],
  ["a/b.js"],
  [""],
  ["."],
])("%s is not a file of the page", async (name) => {
  expect((await served(name)).statusCode).toBe(404);
});
