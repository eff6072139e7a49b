/**
 * `node packages/page/scripts/chart-times.ts [CPU slowdown]`: prints how long the charts take to draw a day of minutes, and then
 * other days: first on the page, which draws visible charts only, then for twelve visible charts with six lines each. Run it
 * on a quiet machine; it checks no limit.
 */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { COLUMNS, dayOf, POINTS } from "./day-of-minutes.ts";
import { servePage } from "./serve-page.ts";

/** Answer of every endpoint except `metrics/`. */
const NOTHING = {
  findings: [],
  keys: [],
  operations: [],
  experiments: [],
  advice: [],
  reads: 0,
  requests: [],
};

let asked = 0;
const served = await servePage((path) =>
  path.startsWith("metrics/") ? dayOf(COLUMNS, (asked += 1)) : NOTHING,
);

/** Script that measures in the page: the time from a parsed answer until the frame after its drawing. */
const TIMING_SCRIPT = `
  const ask = fetch;
  window.times = [];
  window.fetch = async (...given) => {
    const response = await ask(...given);
    if (!String(given[0]).includes("/metrics/")) return response;
    const { json } = response;
    response.json = async () => {
      const answer = await json.call(response);
      const start = performance.now();
      requestAnimationFrame(() => setTimeout(() => window.times.push(performance.now() - start)));
      return answer;
    };
    return response;
  };`;

const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(120_000);
page.on("pageerror", (error) => process.stderr.write(`${String(error)}\n`));
await page.addInitScript(TIMING_SCRIPT);
const slowdown = Number(process.argv[2] ?? 1);
const session = await page.context().newCDPSession(page);
await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
await page.goto(served.address);
await page.locator("figure canvas").first().waitFor();
// Three more answers, one every ten seconds.
await page.waitForFunction("window.times.length >= 4", undefined, { timeout: 120_000 });
const charts = await page.locator("figure canvas").count();
const [first, ...updates] = (await page.evaluate("window.times")) as number[];
const ms = (value = 0) => `${Math.round(value)} ms`;
process.stdout.write(
  `${charts} charts of ${POINTS} minutes, CPU ÷ ${slowdown}: first ${ms(first)}, updates ${updates.map(ms).join(", ")}\n`,
);

/** Twelve charts alone, without the page's tables and requests. */
const alone = fileURLToPath(new URL("twelve-charts.tsx", import.meta.url));
const { outputFiles } = await build({
  entryPoints: [alone, fileURLToPath(new URL("../web/style.css", import.meta.url))],
  outdir: "/",
  bundle: true,
  minify: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  write: false,
});
const textOf = (ending: string) =>
  outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
await page.setViewportSize({ width: 1280, height: 2_400 });
await page.goto("about:blank");
await page.setContent('<div id="app"></div>');
await page.addStyleTag({ content: textOf(".css") });
await page.addScriptTag({ content: textOf(".js") });
// CPU time of the page's thread: a busy machine increases the elapsed time, but not this one.
await session.send("Performance.enable", { timeDomain: "threadTicks" });
async function taskMs(): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
}
const draws: string[] = [];
for (let seed = 0; seed < 7; seed += 1) {
  const beforeMs = await taskMs();
  const drawnMs = (await page.evaluate(`draw(${seed})`)) as number;
  draws.push(`${ms(drawnMs)} (processor ${ms((await taskMs()) - beforeMs)})`);
}
const [firstDraw, ...laterDraws] = draws;
process.stdout.write(
  `12 charts of 6 lines, CPU ÷ ${slowdown}: first ${firstDraw}, updates ${laterDraws.join(", ")}\n`,
);
await browser.close();
await served.close();
