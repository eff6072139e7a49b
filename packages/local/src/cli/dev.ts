import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogEntry } from "../log-entry.ts";
import { banner, jsonBanner } from "./banner.ts";
import { runCommand } from "@algoitny/ops/cli/command";
import { announceCloud } from "@algoitny/ops/cli/running-cloud";
import { DEV_USAGE, parseDevOptions, type DevOptions } from "./dev-options.ts";
import { createTerminalLog } from "./terminal-log.ts";
import { whenOrphaned } from "./when-orphaned.ts";

const INTERRUPTED = 130;

/** The signals that end a program in a terminal. */
const END_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Longest time for an orderly end. */
const CLOSE_WITHIN_MS = 5_000;

/** Interval of the beat: within it, a Redis that was restarted with an older state is detected. */
const BEAT_MS = 10_000;

/** Under npm, Ctrl-C sends the signal twice: the terminal sends it, and npm passes it on. */
const SAME_SIGNAL_MS = 1_000;

/** The first signal, or the end of npm, closes the cloud; a signal more than a second after the first ends it at once. */
function endOnSignal(): { ended: Promise<void> } {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let firstMs: number | undefined;
  for (const signal of END_SIGNALS) {
    process.on(signal, () => {
      firstMs ??= performance.now();
      if (performance.now() - firstMs > SAME_SIGNAL_MS) process.exit(INTERRUPTED);
      end();
    });
  }
  whenOrphaned(end);
  return { ended };
}

/**
 * Last resort: an error of the cloud itself, in a timer or an event handler, is logged, and the databases keep running. Only a
 * closed terminal ends them, because nothing can be logged any more.
 */
function logUncaught(log: (entry: LogEntry) => void): void {
  process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(INTERRUPTED);
    log({ kind: "error", text: `uncaught, please report it: ${error.stack ?? String(error)}` });
  });
}

async function serve(chosen: DevOptions): Promise<void> {
  const { json, port, sample, engines, verbose } = chosen;
  const dataDir = resolve(chosen.dataDir);
  const { ended } = endOnSignal();
  // Imported here, because modules of the domain read their settings when they load: `runCommand` explains an invalid one.
  const { startCloud } = await import("../cloud.ts");
  const stream = json ? process.stderr : process.stdout;
  const { log, open, close } = createTerminalLog({
    write: (line) => stream.write(`${line}\n`),
    color: stream.isTTY,
    verbose,
  });
  const options = { port, dataDir, sample, ...engines, beatMs: BEAT_MS, log };
  const starting = startCloud({ ...options, warm: true });
  const cloud = await Promise.race([starting, ended]);
  if (cloud) {
    logUncaught(log);
    const { url, tokens } = cloud;
    const withdraw = await announceCloud(dataDir, { url, token: tokens.admin });
    process.stdout.write(
      `${json ? jsonBanner(cloud) : banner(cloud, { dataDir, readyMs: performance.now() })}\n`,
    );
    open();
    await ended;
    close();
    await withdraw();
  }
  // Also after an interrupted start. Engines that are still running after `CLOSE_WITHIN_MS` end with this process.
  const closed = starting.then((started) => started.close());
  await Promise.race([closed, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
}

await runCommand({
  usage: DEV_USAGE,
  parse: () => parseDevOptions(process.argv.slice(2)),
  run: serve,
});
process.exit();
