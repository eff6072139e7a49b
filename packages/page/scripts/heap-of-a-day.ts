/**
 * `node packages/page/scripts/heap-of-a-day.ts [hours]`: what the page holds in memory while it stays open for a day (24 hours) with
 * its live feed on, a key pressed each hour so that it keeps polling at its full rate, and answers that change. The browser's
 * clock is a virtual one: it stands still while a request is under way and jumps to the next timer. Figures are printed after
 * garbage collections; the script checks no limit.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { answersOfADay } from "./answers-of-a-day.ts";
import { connectBrowser } from "./browser-protocol.ts";
import { servePage } from "./serve-page.ts";

const HOURS = Number(process.argv[2] ?? 24);
const HOUR_MS = 3_600_000;

const { answerOf, asked } = answersOfADay();
const served = await servePage(answerOf);
const profile = await mkdtemp(join(tmpdir(), "heap-of-a-day-"));
const browser = spawn(
  process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  [
    "--headless",
    "--no-sandbox",
    "--remote-debugging-port=0",
    `--user-data-dir=${profile}`,
    "about:blank",
  ],
  { stdio: ["ignore", "ignore", "pipe"] },
);
const { send, next, close } = await connectBrowser(browser.stderr);

const evaluate = async (expression: string): Promise<unknown> => {
  const { result } = await send("Runtime.evaluate", { expression });
  return (result as { value?: unknown }).value;
};

async function pass(ms: number): Promise<void> {
  const over = next("Emulation.virtualTimeBudgetExpired");
  await send("Emulation.setVirtualTimePolicy", {
    policy: "pauseIfNetworkFetchesPending",
    budget: ms,
    maxVirtualTimeTaskStarvationCount: 100_000,
  });
  await over;
}

/** Numbers of `Performance.getMetrics` that show what the page keeps. */
const KEPT = ["JSHeapUsedSize", "Nodes", "JSEventListeners", "Documents"] as const;

async function printKept(): Promise<void> {
  // Objects that only finalizers can reach are freed by the second or third collection.
  for (let round = 0; round < 3; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await send("HeapProfiler.collectGarbage");
    // oxlint-disable-next-line no-await-in-loop -- in the browser's own time
    await delay(100);
  }
  const metrics = (await send("Performance.getMetrics"))["metrics"] as {
    name: string;
    value: number;
  }[];
  const kept = KEPT.map((name) => `${name} ${metrics.find((each) => each.name === name)?.value}`);
  const now = await evaluate("new Date().toISOString()");
  process.stdout.write(`${String(now)}: ${kept.join(", ")}; requests ${asked()}\n`);
}

try {
  await send("Performance.enable");
  await send("Runtime.enable");
  await send("Page.enable");
  // High enough for all charts: those out of sight are not drawn.
  await send("Emulation.setDeviceMetricsOverride", {
    width: 1_280,
    height: 3_000,
    deviceScaleFactor: 1,
    mobile: false,
  });
  await send("Page.navigate", { url: served.address });
  while (!(await evaluate('document.querySelectorAll("figure canvas").length >= 9')))
    await delay(200);
  await evaluate(
    '[...document.querySelectorAll("button")].find((each) => each.textContent === "Start the live feed").click()',
  );
  await pass(60_000);
  await printKept();
  for (let hour = 1; hour <= HOURS; hour += 1) {
    await pass(HOUR_MS);
    await printKept();
    await evaluate('dispatchEvent(new KeyboardEvent("keydown", { key: "Shift" }))');
  }
} finally {
  close();
  browser.kill();
  await once(browser, "exit");
  await served.close();
  await rm(profile, { recursive: true, force: true });
}
