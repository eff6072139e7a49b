import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

/** A program that reports when it is orphaned, or that it is still running after three times the polling interval. */
const PROGRAM = `
import { whenOrphaned } from "./packages/local/src/cli/when-orphaned.ts";
const say = (text) => { console.log(text); process.exit(); };
const parent = process.ppid;
whenOrphaned(() => say("orphaned"));
console.log("begun");
setInterval(() => process.ppid !== parent && setTimeout(say, 1_500, "still here"), 10);`;

/** Output of the program under a shell that does not pass signals on, as npm starts it. */
function underShell(env: NodeJS.ProcessEnv) {
  const shell = spawn("sh", ["-c", `"$NODE" --input-type=module --eval "$PROGRAM"; true`], {
    env: { PATH: process.env["PATH"], NODE: process.execPath, PROGRAM, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  return { shell, next };
}

test.each([
  [
    "a program of npm's ends with the shell that npm started it in",
    { npm_lifecycle_event: "dev" },
    "orphaned",
  ],
  ["a program that npm has not started outlives its parent, as under nohup", {}, "still here"],
])("%s", async (_, env, last) => {
  const { shell, next } = underShell(env);
  expect(await next()).toBe("begun");
  shell.kill("SIGTERM");
  expect(await next()).toBe(last);
});
