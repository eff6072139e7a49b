import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { startRedis } from "@algoitny/local/redis/start-redis";
import { startUpstash } from "@algoitny/local/upstash/start-upstash";
import { runCommand } from "@algoitny/ops/cli/command";
import { build } from "esbuild";
import { createPackedProject, type PackedProject } from "../cache/package/packed-project.ts";
import { type Runtime, RUNTIMES } from "./runtimes.ts";

const USAGE = `Usage: npm run prove -- runtimes [NAME…] [--json]

Packs @algoitny/cache, installs it into an empty project and runs smoke.mjs in each runtime. Runtimes are installed from npm
into node_modules/.cache; one that cannot be installed here is skipped.

  NAME…    ${RUNTIMES.map(({ name }) => `"${name}"`).join(", ")} (all)
  --json   a line of JSON per runtime
  --help   this text`;

/** In node_modules, which the repository's tools ignore. */
const INSTALLED = path.resolve(import.meta.dirname, "../../node_modules/.cache/runtimes");

/** Longest time that a runtime may take for all cases. */
const LIMIT_MS = 120_000;

interface Result {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly cases?: number;
  readonly details: readonly string[];
}

/** Installs a runtime's project from its lock file, unless it is installed; returns the reason if it cannot. */
function install(project: string, folder: string): string | undefined {
  cpSync(path.join(import.meta.dirname, project), folder, { recursive: true });
  const done = path.join(folder, "node_modules/.package-lock.json");
  const lock = path.join(folder, "package-lock.json");
  if (existsSync(done) && isSame(done, lock)) return undefined;
  try {
    execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: folder,
      stdio: "pipe",
    });
    return undefined;
  } catch (error) {
    const text = String((error as { stderr?: unknown }).stderr ?? error);
    return `npm cannot install it here: ${text.trim().split("\n").slice(0, 3).join(" ")}`;
  }
}

/** True when the installed packages are those of the lock file. */
function isSame(done: string, lock: string): boolean {
  const versionsOf = (file: string) => {
    const { packages } = JSON.parse(readFileSync(file, "utf8")) as {
      packages: Record<string, { version?: string }>;
    };
    return new Map(Object.entries(packages).map(([name, { version }]) => [name, version]));
  };
  const wanted = versionsOf(lock);
  return [...versionsOf(done)].every(([name, version]) => wanted.get(name) === version);
}

async function run(file: string, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "pipe"], timeout: LIMIT_MS });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (errors += String(chunk)));
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return output;
  throw new Error(`exit code ${String(code)}: ${errors.trim().slice(-1_000)}`);
}

/** Tests the library in a runtime. */
async function tryIn(
  { name, project, command }: Runtime,
  packed: PackedProject,
  endpoint: readonly string[],
): Promise<Result> {
  const folder = path.join(INSTALLED, project ?? "");
  const reason = project === undefined ? undefined : install(project, folder);
  if (reason !== undefined) return { name, outcome: "skipped", details: [reason] };
  const files = {
    run: path.join(packed.folder, "run-smoke.mjs"),
    worker: path.join(packed.folder, "bundles/worker.mjs"),
    plainWorker: path.join(packed.folder, "bundles/plain-worker.mjs"),
  };
  const [file, ...args] = command(folder, files);
  try {
    const output = await run(file, [...args, ...endpoint], packed.folder);
    const { cases, failures } = JSON.parse(output.trim().split("\n").at(-1) ?? "") as {
      cases: number;
      failures: string[];
    };
    const outcome = failures.length === 0 ? "passed" : "failed";
    return { name, outcome, cases, details: failures };
  } catch (error) {
    return { name, outcome: "failed", details: [String(error)] };
  }
}

/** Workers, and the modules that the runtime provides to each. */
const WORKERS: Readonly<Record<string, string[]>> = {
  "worker.mjs": ["node:*"],
  "plain-worker.mjs": [],
};

/** The library as it would be published, bundled with its tests into one file for each worker. */
async function createProject(): Promise<PackedProject> {
  const packed = createPackedProject();
  packed.link("@upstash/redis", "uncrypto");
  for (const name of ["smoke.mjs", "smoke-stores.mjs", "run-smoke.mjs", ...Object.keys(WORKERS)])
    packed.write(name, readFileSync(path.join(import.meta.dirname, name), "utf8"));
  for (const [name, external] of Object.entries(WORKERS))
    await build({
      entryPoints: [path.join(packed.folder, name)],
      outdir: path.join(packed.folder, "bundles"),
      outExtension: { ".js": ".mjs" },
      bundle: true,
      format: "esm",
      target: "es2022",
      conditions: ["workerd", "worker"],
      external,
      logLevel: "error",
    });
  return packed;
}

function rowOf({ name, outcome, cases, details }: Result): string {
  const count = cases === undefined ? "" : `${cases} cases`;
  return [`${outcome.padEnd(8)} ${name.padEnd(31)} ${count}`.trimEnd(), ...details].join("\n  ");
}

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const unknown = positionals.find((name) => !RUNTIMES.some((runtime) => runtime.name === name));
  if (unknown !== undefined) throw new Error(`unknown runtime "${unknown}"`);
  const chosen = RUNTIMES.filter(
    ({ name }) => positionals.length === 0 || positionals.includes(name),
  );
  return { ...values, chosen };
}

async function prove({ chosen, json }: ReturnType<typeof parse>): Promise<void> {
  const redis = await startRedis({ engine: "embedded" });
  const upstash = await startUpstash({ redis, token: randomUUID() });
  using packed = await createProject();
  for (const runtime of chosen) {
    const result = await tryIn(runtime, packed, [upstash.url, upstash.token]);
    console.log(json ? JSON.stringify(result) : rowOf(result));
    if (result.outcome === "failed") process.exitCode = 1;
  }
  await upstash.close();
  await redis.close();
}

await runCommand({ usage: USAGE, parse, run: prove });
