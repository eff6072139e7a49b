import { execFile } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";
import { startCli } from "./cli.ts";
import type { Graph, SynthRequest } from "./graph.ts";
import { messageOf, PLATFORM, ROOT, WORK } from "./platform.ts";

const run = promisify(execFile);

const GRAPH_LIMIT_BYTES = 256 * 1024 * 1024;

/** SST and its providers have 50,000 lines to compile in each evaluation. */
const COMPILE_CACHE = path.join(WORK, "compile-cache");

/**
 * The stage, and the environment variables of a deployment; of this process's environment only PATH and HOME are
 * visible.
 */
export interface SynthOptions {
  stage: string;
  dev?: boolean;
  env?: Record<string, string>;
  restoredTables?: Record<string, string>;
  /** Handlers to bundle, into `folder`; the others get stand-ins. */
  bundles?: (handler: string) => boolean;
}

/**
 * A bundled `sst.config.ts` that can be evaluated for any number of stages; all its output is in `folder`, under the
 * given name.
 */
export async function openSynth(folder: string) {
  // Beside the packages that it leaves outside.
  const program = path.join(PLATFORM, `synth-${process.pid}.mjs`);
  await bundleProgram(program);

  return {
    async synth(
      name: string,
      { stage, dev = false, env = {}, bundles = () => false, restoredTables = {} }: SynthOptions,
    ): Promise<Graph> {
      const work = path.join(folder, name);
      await mkdir(work, { recursive: true });
      using cli = await startCli(path.join(work, "bundles"), { bundles });
      const paths = { home: os.tmpdir(), root: ROOT, work, platform: PLATFORM };
      const request: SynthRequest = { stage, dev, restoredTables, paths };
      const { PATH = "", HOME = "" } = process.env;
      const { stdout } = await run(process.execPath, [program, JSON.stringify(request)], {
        cwd: ROOT,
        env: {
          PATH,
          HOME,
          SST_SERVER: cli.url,
          SST_AWS_REGION: "us-east-1",
          NODE_COMPILE_CACHE: COMPILE_CACHE,
          ...env,
        },
        maxBuffer: GRAPH_LIMIT_BYTES,
      }).catch((error: unknown) => {
        throw new Error(`sst.config.ts fails for stage ${stage}:\n${messageOf(error)}`);
      });
      return { ...(JSON.parse(stdout) as Omit<Graph, "functions">), functions: [...cli.functions] };
    },
    [Symbol.asyncDispose]: () => rm(program, { force: true }),
  };
}

/** Bundles configuration and stacks as the CLI does: same shim, same globals, same packages left outside. */
async function bundleProgram(outfile: string): Promise<void> {
  await build({
    entryPoints: [path.join(ROOT, "tests/stacks/evaluate/evaluate-main.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    logLevel: "silent",
    alias: {
      "sst-config": path.join(ROOT, "sst.config.ts"),
      "sst-platform/run": path.join(PLATFORM, "src/auto/run.ts"),
    },
    nodePaths: [path.join(PLATFORM, "node_modules")],
    inject: [path.join(PLATFORM, "src/shim/run.js")],
    // One program serves all stages: the values that the CLI would insert are set before `run` is called.
    define: { $app: "globalThis.$app", $cli: "globalThis.$cli", $dev: "globalThis.$dev" },
    external: [
      "@pulumi/*",
      "@pulumiverse/*",
      "@sst-provider/*",
      "@upstash/pulumi",
      "@aws-sdk/*",
      "undici",
      "esbuild",
      "archiver",
      "glob",
      "vite",
    ],
    banner: {
      js: [
        'import { createRequire as cr } from "module"; const require = cr(import.meta.url);',
        'import { fileURLToPath as f } from "url";',
        'const __filename = f(import.meta.url), __dirname = f(new URL(".", import.meta.url));',
      ].join("\n"),
    },
    plugins: [providerGlobals],
  });
}

/** Files outside the platform see the providers as globals. */
const providerGlobals: Plugin = {
  name: "provider-globals",
  setup(builder) {
    const globals = [
      'import * as aws from "@pulumi/aws";',
      'import * as upstash from "@upstash/pulumi";',
      `import * as sst from "${PLATFORM}/src/components";`,
    ].join("");
    builder.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      if (file.startsWith(PLATFORM) || file.includes("node_modules")) return undefined;
      return { contents: `${globals}${await readFile(file, "utf8")}`, loader: "ts" };
    });
  },
};
