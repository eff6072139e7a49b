import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import { fileURLToPath } from "node:url";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

const WEB = fileURLToPath(new URL("../web/", import.meta.url));

const compress = promisify(brotliCompress);

/** Name of the document; the other files are loaded by it. */
const DOCUMENT = "index.html";

/** Builds the page and returns its files by name. Each name except the document's contains a hash of the content. */
export async function buildPage(): Promise<ReadonlyMap<string, Buffer>> {
  const { outputFiles } = await build({
    entryPoints: [`${WEB}main.tsx`, `${WEB}style.css`],
    outdir: "/ops",
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    write: false,
    logLevel: "silent",
  });
  const files = new Map(
    outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]),
  );
  const named = (ending: string) => [...files.keys()].find((name) => name.endsWith(ending)) ?? "";
  return files.set(DOCUMENT, Buffer.from(documentOf(named(".js"), named(".css"))));
}

/**
 * Builds the page into a folder, each file with its Brotli version (`.br`), and removes every other file of the folder.
 * Each file appears complete, so several builds of the same sources may run concurrently.
 */
export async function writePage(folder: string): Promise<void> {
  const files = await buildPage();
  await mkdir(folder, { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  const written = new Set<string>();
  const write = async (name: string, body: Buffer) => {
    await writeFile(join(draft, name), body);
    await rename(join(draft, name), join(folder, name));
    written.add(name);
  };
  try {
    for (const [name, body] of files) {
      await write(name, body);
      await write(`${name}.br`, await compress(body));
    }
  } finally {
    await rm(draft, { recursive: true });
  }
  const old = (await readdir(folder)).filter((name) => !written.has(name));
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
}

function documentOf(script: string, style: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Cache · AlgoItny</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/ops/${style}">
<script type="module" src="/ops/${script}"></script>
</head>
<body><div id="app"></div><noscript>This page needs JavaScript: npm run ops shows the same.</noscript></body>
</html>
`;
}
