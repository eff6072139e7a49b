import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, vi } from "vitest";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

const Scripts = z.object({ scripts: z.record(z.string(), z.string()) });
const { scripts } = Scripts.parse(JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")));

const Json = z.object({
  url: z.url(),
  tokens: z.object({ admin: z.string(), user: z.string() }),
  upstash: z.object({ url: z.url(), token: z.string() }),
  dynamodb: z.object({ endpoint: z.url(), table: z.string() }),
});

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dev-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A limit for busy machines, on which a slow Redis would be logged as a failed one. */
const PATIENT = { CACHE_STORE_TIMEOUT_MS: "5000" };

/** Runs `npm run COMMAND -- …` without npm; the test's end kills it if it still runs. */
function run([command = "", ...args]: readonly string[]) {
  const [, ...script] = scripts[command]?.split(" ") ?? [];
  const env = { ...process.env, ...PATIENT };
  const child = spawn(process.execPath, [...script, ...args], { stdio: "pipe", cwd: ROOT, env });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, exited: once(child, "exit").then(([code]) => Number(code)) };
}

/** Runs a command to its end. */
export const finish = (...args: string[]) => finishWith("", ...args);

/** Runs a command to its end, with this standard input. */
export async function finishWith(input: string, ...args: string[]) {
  const { child, exited } = run(args);
  child.stdin.end(input);
  const [code, stdout, stderr] = await Promise.all([
    exited,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

const devArgs = (dataDir: string) => [
  "dev",
  "--port",
  "0",
  "--redis",
  "embedded",
  "--data",
  dataDir,
];

/** Runs `dev` over a folder as a person does, and collects its output lines. */
export async function devOutput(dataDir: string) {
  const { child } = run(devArgs(dataDir));
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const waitFor = (pattern: RegExp) =>
    vi.waitFor(() => expect(lines.join("\n")).toMatch(pattern), { timeout: 30_000 });
  return { lines, waitFor };
}

/** Runs `dev --json` over a folder and reads its first line. */
export async function dev(dataDir: string, ...flags: string[]) {
  const args = [...devArgs(dataDir), "--json"];
  const { child, exited } = run([...args, ...flags]);
  const log: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { child, exited, log, ...Json.parse(JSON.parse(String(line))) };
}

export const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
