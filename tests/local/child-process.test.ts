import { spawn } from "node:child_process";
import { once } from "node:events";
import { spawnBound } from "@algoitny/local/child-process";
import { expect, test, vi } from "vitest";

const SLEEP = ["-e", "setInterval(() => {}, 1000); console.log('up')"];

test("a bound process prints, runs and is killed", async () => {
  const bound = spawnBound(process.execPath, SLEEP);
  await vi.waitFor(() => expect(bound.output()).toBe("up"), { timeout: 10_000 });
  expect(bound.running()).toBe(true);
  await bound.kill();
  expect(bound.running()).toBe(false);
  await bound.kill();
});

test("a missing program is reported as not running, with the reason in its output", async () => {
  const bound = spawnBound("/nowhere/program", []);
  await vi.waitFor(() => expect(bound.output()).toContain("ENOENT"));
  expect(bound.running()).toBe(false);
});

test("a bound process does not outlive its parent, not even a killed one", async () => {
  const module = import.meta.resolve("@algoitny/local/child-process");
  const parent = spawn(process.execPath, [
    "--input-type=module",
    "-e",
    `import { spawnBound } from ${JSON.stringify(module)};
     const bound = spawnBound(process.execPath, ["-e", "console.log(process.pid); setInterval(() => {}, 1000)"]);
     setInterval(() => bound.output() && console.log(bound.output()), 10);`,
  ]);
  const [printed] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number.parseInt(printed.toString(), 10);
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
