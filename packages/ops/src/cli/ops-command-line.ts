import { spawn } from "node:child_process";
import { createInterface } from "node:readline/promises";
import { setTimeout as delay } from "node:timers/promises";
import { runOps } from "../commands/run-ops.ts";
import { commands } from "../commands/ops-commands.ts";

const WATCH_MS = 5_000;
const INTERRUPTED = 130;

process.once("SIGINT", () => process.exit(INTERRUPTED));

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

/** Opens the address in a browser. A failure, as on a machine without a browser, is ignored: the address is printed too. */
function openBrowser(url: string): void {
  const programs: Partial<Record<string, string>> = { darwin: "open", win32: "explorer" };
  const program = programs[process.platform] ?? "xdg-open";
  spawn(program, [url], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}

process.exitCode = await runOps(commands, process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  print: (text) => console.log(text),
  note: (line) => console.error(line),
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
  browse: openBrowser,
  async nextRound() {
    await delay(WATCH_MS);
    return true;
  },
});
