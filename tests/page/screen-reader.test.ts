import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  ExperimentsAnswer,
  FindingsAnswer,
  MetricsAnswer,
  TopKeys,
} from "@algoitny/functions/openapi/function-answers";
import { pageAnswer } from "@algoitny/functions/page/page-answer";
import { writePage } from "@algoitny/page/build-page";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EXECUTABLE } from "../support/chromium.ts";

/** The limit only stops a test that hangs: on a busy machine a browser takes half a minute for a page. */
const PATIENCE_MS = 120_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

const NOON_SECONDS = Date.UTC(2026, 10, 30, 12) / 1_000;

/** Each column's value in the two completed intervals. */
const COLUMNS: Readonly<Record<string, readonly [number, number]>> = {
  hit: [540, 570],
  stale: [6, 12],
  miss: [30, 24],
  bypass: [0, 6],
  absent: [10, 8],
  expired: [8, 6],
  invalidated: [12, 9],
  unconfirmed: [0, 1],
  outdated: [0, 0],
  cached_percent: [95, 95.1],
  hit_p50_ms: [2.1, 2.2],
  hit_p99_ms: [6.4, 6.1],
  miss_p50_ms: [31, 33],
  miss_p99_ms: [74, 79],
  redis_p50_ms: [0.8, 0.9],
  redis_p99_ms: [2.5, 2.4],
  redis_failures: [0, 2],
  tags_invalidated: [14, 16],
  closed_age_ms: [12_000, 11_000],
  records: [18, 20],
  warmed: [49, 50],
  warming_failed: [0, 1],
  record_age_ms: [300, 400],
  loads: [31, 27],
  database_reads: [96, 88],
  load_p99_ms: [38, 41],
  verified: [60, 58],
  overtaken: [1, 0],
  verified_stale: [0, 0],
  waited: [3, 4],
  loads_failed: [0, 1],
  records_failed: [0, 2],
  errors: [1, 3],
};

interface State {
  metrics: unknown;
  findings: unknown;
  top: unknown;
}

const names = Object.keys(COLUMNS);
const of = <T>(value: (name: string) => T) =>
  Object.fromEntries(names.map((name) => [name, value(name)]));
const times = [NOON_SECONDS - 60, NOON_SECONDS, NOON_SECONDS + 60];
const common = {
  service: "algoitny",
  period_seconds: 60,
  times,
  complete: 2,
  as_of: NOON_SECONDS + 70,
};

const withData: State = {
  metrics: {
    ...common,
    columns: of((name) => [...(COLUMNS[name] ?? []), null]),
    totals: of((name) => COLUMNS[name]?.[1] ?? null),
    endpoints: {
      "GET /api/problems/{id}/": {
        requests: 1_188,
        hit: 1_110,
        stale: 18,
        miss: 54,
        bypass: 6,
        cached_percent: 95,
        errors: 4,
        p99_ms: 79,
      },
    },
  },
  findings: { as_of: NOON_SECONDS, findings: [] },
  top: {
    keys: [{ key: "problem_detail:id:7", reads: 400, share_percent: 33.7 }],
    operations: [
      { operation: "Mine", requests: 9, hit: 7, stale: 0, miss: 2, bypass: 0, uncached: 0 },
    ],
  },
};

/** Numbers of a new cloud: each value is a gap, none is 0. */
const withoutData: State = {
  ...withData,
  metrics: {
    ...common,
    columns: of(() => [null, null, null]),
    totals: of(() => null),
    endpoints: {},
  },
  top: { keys: [], operations: [] },
};

const withFinding: State = {
  ...withData,
  findings: {
    as_of: NOON_SECONDS,
    findings: [
      {
        id: "redis-slow",
        sentence: "Redis is slow: p99 182 ms, usually 4 ms",
        since: NOON_SECONDS - 60,
        means: "Answers wait for Redis.",
        todo: "Look at its load.",
      },
    ],
  },
};

/** Answers of the API by their paths, valid by its own schemas. */
const answersOf = ({ metrics, findings, top }: State): Readonly<Record<string, unknown>> => ({
  "/api/ops/metrics/": MetricsAnswer.parse(metrics),
  "/api/ops/findings/": FindingsAnswer.parse(findings),
  "/api/ops/cache/top/": TopKeys.parse(top),
  "/api/ops/experiments/": ExperimentsAnswer.parse({ experiments: [] }),
});

/** Counts the formatters that are created for a single value each: hundreds of them take as long as all charts. */
const COUNT_FORMATS = `
  window.formats = 0;
  for (const [owner, name] of [[Number, "toLocaleString"], [Date, "toLocaleTimeString"]]) {
    const format = owner.prototype[name];
    owner.prototype[name] = function (...given) {
      window.formats += 1;
      return format.apply(this, given);
    };
  }`;

describe.skipIf(EXECUTABLE === undefined)(
  "the dashboard, as a screen reader gets it (skipped where there is no Chromium)",
  () => {
    let folder: URL;
    let server: Server;
    let browser: Browser;
    let answers: Readonly<Record<string, unknown>> = {};

    const fileOf = (name?: string) => pageAnswer(folder, { name });

    beforeAll(async () => {
      const made = await mkdtemp(path.join(os.tmpdir(), "page-"));
      await writePage(made);
      folder = pathToFileURL(`${made}/`);
      server = createServer(({ url = "" }, response) => {
        const { pathname } = new URL(url, "http://localhost");
        if (!pathname.startsWith("/ops/")) response.end(JSON.stringify(answers[pathname]));
        else
          void fileOf(pathname.slice("/ops/".length) || undefined).then(
            ({ statusCode = 200, headers, body = "" }) =>
              response
                .writeHead(statusCode, headers as Record<string, string>)
                .end(Buffer.from(body, "base64")),
          );
      });
      await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
      browser = await chromium.launch({ executablePath: EXECUTABLE!, args: ["--no-sandbox"] });
    });
    afterAll(async () => {
      await browser?.close();
      server?.close();
      if (folder) await rm(folder, { recursive: true });
    });

    async function open(state: State): Promise<Page> {
      answers = answersOf(state);
      const page = await browser.newPage({ timezoneId: "UTC", locale: "en-GB" });
      page.setDefaultTimeout(PATIENCE_MS);
      await page.addInitScript(COUNT_FORMATS);
      const { port } = server.address() as AddressInfo;
      await page.goto(`http://127.0.0.1:${port}/ops/#token=token`);
      await page.getByText("No experiment yet.").waitFor();
      return page;
    }

    test.each([
      ["with data", "with-data", withData],
      ["without any", "without-data", withoutData],
      ["with a finding", "with-a-finding", withFinding],
    ])("has each chart's name and values, %s", async (_, name, state) => {
      const page = await open(state);
      const tree = await page.locator("body").ariaSnapshot();
      await page.close();
      await expect(`${tree}\n`).toMatchFileSnapshot(`accessibility-trees/${name}.txt`);
    });

    test("ends each chart with the last interval that is over", async () => {
      const page = await open(withData);
      const figure = page.getByRole("figure", { name: "Outcomes" });
      await figure.scrollIntoViewIfNeeded();
      await figure.locator("canvas").waitFor();
      await figure.press("End");
      const panel = page.locator("section.panel", {
        has: page.getByRole("heading", { name: "Outcomes" }),
      });
      await expect
        .poll(() => panel.getByRole("status").textContent())
        .toBe("12:00:00: hit 9.5, stale 0.2, miss 0.4, bypass 0.1");
      await page.close();
    });

    test("says that the live feed waits for its first answer, and that findings are unknown after a failure", async () => {
      const page = await open(withData);
      const answered = Promise.withResolvers<void>();
      await page.route("**/api/ops/requests/*", async (route) => {
        await answered.promise;
        await route.fulfill({ json: { requests: [], next_from: 0 } });
      });
      await page.getByRole("button", { name: "Start the live feed" }).click();
      const feed = page.getByRole("log");
      await expect.poll(() => feed.textContent()).toBe("Asking the API…");
      answered.resolve();
      await expect
        .poll(() => feed.textContent())
        .toBe("No requests in the last ten seconds, except those of operators.");
      await page.route("**/api/ops/findings/", (route) =>
        route.fulfill({ status: 500, json: { error: "down" } }),
      );
      await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
      const fault = page.getByText(/^No .*: down$/);
      await fault.waitFor();
      expect(await fault.textContent()).toBe("No findings: down");
      await page.close();
    });

    test("is written without creating a formatter for each number and time", async () => {
      const page = await open(withData);
      expect(await page.evaluate("formats")).toBe(0);
      await page.close();
    });
  },
);
