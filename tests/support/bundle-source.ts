import { build, type Metafile } from "esbuild";

/** Bundles a module in memory, as functions are bundled for deployment; `external` modules stay outside. */
export async function bundle(source: string, external: readonly string[] = []): Promise<Metafile> {
  const { metafile } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    write: false,
    outdir: "out",
    format: "esm",
    platform: "node",
    target: "es2024",
    minify: true,
    splitting: true,
    metafile: true,
    external: [...external],
  });
  return metafile;
}

/** Modules loaded at start: the entry's chunk and its static imports. */
export function startUp({ outputs }: Metafile): {
  bytes: number;
  inputs: string[];
  /** Bytes that come from the inputs of this name. */
  bytesOf: (name: string) => number;
} {
  const entry = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === "<stdin>");
  const loaded = new Set<string>();
  const waiting = [entry];
  for (let chunk = waiting.pop(); chunk !== undefined; chunk = waiting.pop()) {
    if (loaded.has(chunk)) continue;
    loaded.add(chunk);
    for (const { kind, path } of outputs[chunk]?.imports ?? []) {
      if (kind === "import-statement" && path in outputs) waiting.push(path);
    }
  }
  const chunks = [...loaded].map((name) => outputs[name]).filter((chunk) => chunk !== undefined);
  return {
    bytes: chunks.reduce((sum, { bytes }) => sum + bytes, 0),
    inputs: chunks.flatMap(({ inputs }) => Object.keys(inputs)),
    bytesOf: (name) =>
      chunks
        .flatMap(({ inputs }) => Object.entries(inputs))
        .filter(([input]) => input.endsWith(`/${name}`))
        .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0),
  };
}
