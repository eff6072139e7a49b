import os from "node:os";
import { seededRandom } from "@algoitny/cache/testing/explore";
import { createApiClient } from "@algoitny/ops/api-client";
import { commands } from "@algoitny/ops/commands/ops-commands";
import { runOps } from "@algoitny/ops/commands/run-ops";
import { differences } from "@algoitny/ops/load/check-totals";
import { drawFrom } from "@algoitny/ops/load/mix";
import { runLoad } from "@algoitny/ops/load/run-load";
import { createSender } from "@algoitny/ops/load/sender";
import { readCatalogue } from "@algoitny/ops/load/site-items";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXECUTABLE } from "../support/chromium.ts";
import { startWorld, type World } from "../support/people.ts";
import { scale } from "../support/scale.ts";

const COUNTED = ["requests", "hit", "stale", "miss", "bypass"] as const;
type Counts = Record<(typeof COUNTED)[number], number>;
type Totals = Record<string, Counts>;

/** Metrics in an endpoint's log lines, by their names in the API's numbers. */
const METRICS = { hit: "Hits", stale: "StaleHits", miss: "Misses", bypass: "Bypasses" } as const;

/** Long enough for a browser on a loaded machine: the limit only stops a test that hangs. */
const PATIENCE_MS = scale.agreement.seconds * 1_000 + 180_000;

let world: World;
beforeAll(async () => {
  world = await startWorld();
  for (let problem = 0; problem < 5; problem += 1) await world.createProblem();
  await world.record(world.ann, 1, { is_code_public: true });
  await world.streams.drained();
});
afterAll(() => world.close());

/** Totals of the functions' log lines. */
function fromLines(): Totals {
  const found: Totals = {};
  for (const [subject, totals] of Object.entries(world.metrics())) {
    const endpoint = /^endpoint (.*)$/.exec(subject)?.[1];
    if (endpoint === undefined) continue;
    found[endpoint] = {
      requests: totals["DurationMs"]?.count ?? 0,
      hit: totals[METRICS.hit]?.sum ?? 0,
      stale: totals[METRICS.stale]?.sum ?? 0,
      miss: totals[METRICS.miss]?.sum ?? 0,
      bypass: totals[METRICS.bypass]?.sum ?? 0,
    };
  }
  return found;
}

async function fromCommandLine(): Promise<Totals> {
  const out: string[] = [];
  await runOps(commands, ["stats", "--since", "1h", "--by", "endpoint", "--json"], {
    env: { OPS_URL: world.url, OPS_TOKEN: world.admin.token },
    folder: os.tmpdir(),
    print: (text) => out.push(text),
    note: () => {},
    ask: undefined,
    nextRound: async () => false,
  });
  return (JSON.parse(out.join("")) as { endpoints: Totals }).endpoints;
}

/** Totals of the dashboard's table. */
async function fromPage(executablePath: string): Promise<Totals> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.goto(`${world.url}/ops/#token=${world.admin.token}`);
  const rows = page.locator("tr", { has: page.locator('[data-name="hit"]') });
  await rows.first().waitFor();
  const totals: Totals = {};
  for (const row of await rows.all()) {
    const cells = COUNTED.map(async (name) => {
      const text = await row.locator(`[data-name="${name}"]`).textContent();
      return [name, Number(text?.replaceAll(",", ""))] as const;
    });
    const endpoint = (await row.locator("th").textContent()) ?? "";
    totals[endpoint] = Object.fromEntries(await Promise.all(cells)) as Counts;
  }
  await browser.close();
  return totals;
}

/** Excludes the operators' endpoints, because reading the numbers adds requests to them. */
const visited = (totals: Totals, names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(COUNTED.map((what) => [what, totals[name]?.[what] ?? 0])),
    ]),
  );

test(
  "generator, functions' log lines, API, command line and page count the same requests exactly",
  async () => {
    const { perSecond, seconds } = scale.agreement;
    const where = { url: world.url, token: world.admin.token };
    const api = createApiClient(where);
    const draw = drawFrom("site", await readCatalogue(api));
    const before = fromLines();
    using send = createSender(where);
    const result = await runLoad(
      { perSecond, durationMs: seconds * 1_000, random: seededRandom(1), draw },
      send,
    );
    // A client may have an answer before its log line is written.
    await expect
      .poll(() => differences(result.endpoints, before, fromLines()), { timeout: 10_000 })
      .toEqual([]);
    // Requests that the generator no longer waits for may still be in progress.
    let known = "";
    const standsStill = () => known === (known = JSON.stringify(fromLines()));
    await expect.poll(standsStill, { timeout: 120_000, interval: 1_000 }).toBe(true);
    const lines = fromLines();
    expect(result.shed).toBeLessThan((perSecond * seconds) / 2);
    const names = Object.keys(lines).filter((name) => !name.includes(" /api/ops/"));
    // Answers are kept for 5 s, separately for each question.
    const path = `/api/ops/metrics/?by=endpoint&from=${Math.floor(Date.now() / 1_000) - 3_000}`;
    const { endpoints } = (await api.call("GET", path)) as { endpoints: Totals };
    expect(visited(endpoints, names)).toEqual(visited(lines, names));
    expect(visited(await fromCommandLine(), names)).toEqual(visited(lines, names));
    const seen = EXECUTABLE === undefined ? lines : await fromPage(EXECUTABLE);
    expect(visited(seen, names)).toEqual(visited(lines, names));
  },
  PATIENCE_MS,
);
