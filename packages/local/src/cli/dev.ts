import { resolve } from "node:path";
import { startCloud } from "../cloud.ts";
import { formatEntry, type LogEntry } from "../log-entry.ts";
import { banner, jsonBanner } from "./banner.ts";
import { DEV_USAGE, parseDevOptions, UsageError, type DevOptions } from "./dev-options.ts";
import { explain } from "./explain.ts";

const BAD_USAGE = 2;
const INTERRUPTED = 130;

/** The signals that end a program in a terminal. */
const END_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Ctrl-C under npm comes twice at once: from the terminal, and from npm, which hands it on. */
const SAME_SIGNAL_MS = 1_000;

/** The first signal ends the cloud in order, an impatient second one at once. */
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
  return { ended };
}

function logTo(stream: NodeJS.WriteStream): (entry: LogEntry) => void {
  return (entry) => void stream.write(`${formatEntry(entry, stream.isTTY)}\n`);
}

async function serve(options: DevOptions): Promise<void> {
  const { json, port, sample, engines } = options;
  const dataDir = resolve(options.dataDir);
  const { ended } = endOnSignal();
  const log = logTo(json ? process.stderr : process.stdout);
  const starting = startCloud({ port, dataDir, sample, ...engines, log });
  const cloud = await Promise.race([starting, ended]);
  if (cloud) {
    process.stdout.write(`${json ? jsonBanner(cloud) : banner(cloud, dataDir)}\n`);
    await ended;
  }
  await (await starting).close();
}

try {
  const options = parseDevOptions(process.argv.slice(2));
  if (options.help) console.log(DEV_USAGE);
  else await serve(options);
  process.exit(0);
} catch (error) {
  if (!(error instanceof UsageError)) {
    console.error(explain(error));
    process.exit(1);
  }
  console.error(`${error.message}\n\n${DEV_USAGE}`);
  process.exit(BAD_USAGE);
}
