import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createSharedCounts } from "@algoitny/functions/popularity/shared-counts";
import { EXECUTABLE } from "../support/chromium.ts";
import { type Json, startWorld, type World } from "../support/people.ts";

/** The limit only stops a test that hangs: on a busy machine a browser takes half a minute for a page. */
const PATIENCE_MS = 120_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SIZES = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
} as const;

const panelOf = (page: Page, name: string) =>
  page.locator("section", { has: page.getByRole("heading", { name, exact: true }) });

/** Sums all layout shifts (https://web.dev/articles/cls); no input precedes the sum. */
const NOTE_SHIFTS = `
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) window.shifted += value;
  }).observe({ type: "layout-shift", buffered: true });`;

const hostile = "x\u202Egnp<img src=x onerror=alert(1)>";

describe.skipIf(EXECUTABLE === undefined)(
  "the dashboard in Chromium (skipped where there is none)",
  () => {
    let world: World;
    let browser: Browser;
    let problem: Json;
    const complaints: string[] = [];

    beforeAll(async () => {
      world = await startWorld();
      problem = await world.createProblem();
      await world.streams.drained();
      for (const _ of [1, 2, 3]) await world.get(`/api/problems/${problem.id}/`);
      for (const _ of [1, 2])
        await world.get(`/api/problems/?search=${encodeURIComponent(hostile)}`);
      browser = await chromium.launch({ executablePath: EXECUTABLE!, args: ["--no-sandbox"] });
    });
    afterAll(async () => {
      await browser?.close();
      await world?.close();
    });

    interface Opened {
      size?: keyof typeof SIZES;
      colorScheme?: "light" | "dark";
    }

    async function newPage(options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> {
      const page = await browser.newPage(options);
      page.setDefaultTimeout(PATIENCE_MS);
      page.on("request", (request) => {
        if (new URL(request.url()).origin !== world.url && !request.url().startsWith("data:"))
          complaints.push(`asked ${request.url()}`);
      });
      return page;
    }

    async function open({ size = "desktop", colorScheme = "light" }: Opened = {}): Promise<Page> {
      const page = await newPage({ viewport: SIZES[size], colorScheme });
      page.on("console", (message) => {
        // A busy machine's Redis may be late for one poll; the next one asks again.
        const isLate = message.text().startsWith("Failed to load resource");
        if (message.type() === "error" && !isLate) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(`${world.url}/ops/#token=${world.admin.token}`);
      await page.getByText("All is well.").waitFor();
      await page.locator("figure canvas").first().waitFor();
      return page;
    }

    test("shows the API's numbers, keeps the token out of the address, and requests no other origin", async () => {
      const page = await open();
      expect(page.url()).not.toContain("token");
      const cell = page
        .locator("tr", { hasText: "GET /api/problems/{id}/" })
        .locator('[data-name="hit"]');
      const shown = Number(await cell.first().textContent());
      const { endpoints } = await world.get("/api/ops/metrics/?range=1h&by=endpoint", world.admin);
      expect(shown).toBe(endpoints["GET /api/problems/{id}/"].hit);
      await page.close();
      expect(complaints).toEqual([]);
    });

    test.each([
      ["desktop", "light"],
      ["desktop", "dark"],
      ["phone", "light"],
      ["phone", "dark"],
    ] as const)(
      "has no fault that axe finds on a %s in %s colours, nor with a dialog open",
      async (size, colorScheme) => {
        const page = await open({ size, colorScheme });
        const violations = async () => {
          await page.evaluate(axe);
          const found = (await page.evaluate("axe.run()")) as {
            violations: { id: string; nodes: { html: string }[] }[];
          };
          return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
        };
        expect(await violations()).toEqual([]);
        await page.getByRole("button", { name: "Invalidate…" }).click();
        expect(await violations()).toEqual([]);
        const width = await page.evaluate("document.documentElement.scrollWidth");
        expect(width).toBeLessThanOrEqual(SIZES[size].width);
        await page.close();
      },
    );

    test("can be read and used by keyboard: values of a chart, and a deed after its dry run", async () => {
      const page = await open();
      await page.locator("figure").first().focus();
      await page.keyboard.press("End");
      await page.keyboard.press("ArrowLeft");
      expect(await page.locator(".spoken").first().textContent()).toMatch(/^\d\d:\d\d:\d\d: hit /);
      await page.getByRole("button", { name: "Clear…" }).focus();
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog");
      const deed = dialog.getByRole("button", { name: "Clear now" });
      expect(await deed.isDisabled()).toBe(true);
      await dialog.getByRole("button", { name: "Show what would happen" }).press("Enter");
      await dialog.getByText(/Would invalidate: \d+ entries/).waitFor();
      await dialog.getByLabel(/^Type algoitny/).fill("algoitny");
      await deed.press("Enter");
      await dialog.getByText("Everything is invalidated.").waitFor();
      await page.keyboard.press("Escape");
      await page.close();
    });

    test("appears on a phone without layout shifts, and draws a chart when it comes into sight", async () => {
      const page = await newPage({ viewport: SIZES.phone });
      await page.addInitScript(NOTE_SHIFTS);
      await page.goto(`${world.url}/ops/#token=${world.admin.token}`);
      await page.locator("figure canvas").first().waitFor();
      const charts = page.locator("figure");
      expect(await charts.locator("canvas").count()).toBeLessThan(await charts.count());
      expect(await page.evaluate("shifted")).toBeLessThan(0.01);
      await charts.last().scrollIntoViewIfNeeded();
      await charts.last().locator("canvas").waitFor();
      const panel = panelOf(page, "Entries by view");
      await panel.getByRole("button", { name: "Count stored entries" }).click();
      await panel.getByRole("rowheader", { name: "problem_detail" }).waitFor();
      await page.close();
      expect(complaints).toEqual([]);
    });

    test("shows GraphQL's operations by name and outcome", async () => {
      const counts = createSharedCounts({ ...world.upstash, prefix: "algoitny:operations" });
      await counts.add([
        ["hit Mine", 7],
        ["miss Mine", 2],
      ]);
      const page = await open();
      const row = panelOf(page, "GraphQL operations").locator("tr", {
        hasText: "Mine",
      });
      await row.waitFor();
      expect(await row.locator("td").allTextContents()).toEqual(["9", "7", "0", "2", "0", "0"]);
      await page.close();
    });

    test("starts an experiment with a lifetime, shows it at once, and stops it", async () => {
      const page = await open();
      const panel = panelOf(page, "Lifetimes");
      const dialog = page.getByRole("dialog");
      const perform = async (deed: string) => {
        await dialog.getByRole("button", { name: "Show what would happen" }).click();
        await dialog.getByLabel(/^Type algoitny/).fill("algoitny");
        await dialog.getByRole("button", { name: deed }).click();
      };
      await panel.getByRole("button", { name: "Try a lifetime…" }).click();
      await dialog.getByLabel("View and seconds").fill("user_stats 90");
      await perform("Try a lifetime now");
      await dialog.getByText(/^Tries 90 s instead of 180 s for user_stats/).waitFor();
      await page.keyboard.press("Escape");
      await panel.getByRole("heading", { name: "user_stats: running" }).waitFor();
      await panel.getByRole("button", { name: "Stop…" }).click();
      await perform("Stop the experiment now");
      await dialog.getByText("The experiment on user_stats has ended.").waitFor();
      await page.keyboard.press("Escape");
      await panel.getByText(/Ended: an operator stopped it/).waitFor();
      await panel.getByRole("button", { name: "Ask for advice" }).click();
      await panel.getByText(/nothing to advise|found, from/).waitFor();
      await page.close();
      expect(complaints).toEqual([]);
    });

    test("shows an entry's content, and what its button would invalidate", async () => {
      await world.get(`/api/problems/${problem.id}/`);
      const page = await open();
      await page.getByLabel("Pattern of keys").fill("problem_detail*");
      await page.getByRole("button", { name: "Find" }).click();
      await page.getByRole("button", { name: `problem_detail:id:${problem.id}` }).click();
      const widths = page.locator("svg.lifetime rect.fresh, svg.lifetime rect.stands-in");
      await widths.first().waitFor({ state: "attached" });
      for (const span of await widths.all())
        expect(Number(await span.getAttribute("width"))).toBeGreaterThan(0);
      expect(await widths.count()).toBe(2);
      await page.getByRole("button", { name: "Show its value" }).click();
      await page.getByLabel("Value of the chosen entry").getByText(problem.title).waitFor();
      await page.getByRole("button", { name: "Invalidate this entry…" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: "Show what would happen" }).click();
      await dialog.getByText(`1 key: problem_detail:id:${problem.id}`).waitFor();
      await dialog.getByLabel("What").selectOption("problem");
      await dialog.getByLabel("Name").fill(String(problem.id));
      await dialog.getByRole("button", { name: "Show what would happen" }).click();
      await dialog.getByText(/^Would invalidate: \d+ tags: .*problem:/).waitFor();
      await page.close();
      expect(complaints).toEqual([]);
    });

    test("shows requests live once that is switched on", async () => {
      const page = await open();
      await world.get(`/api/problems/${problem.id}/`);
      await page.getByRole("button", { name: "Start the live feed" }).press("Enter");
      const row = page.getByRole("log").locator("tr", { hasText: "GET /api/problems/{id}/" });
      await row.first().waitFor();
      expect(await row.first().textContent()).toMatch(/GET \/api\/problems\/\{id\}\/(hit|miss)/);
      expect(await page.getByRole("log").textContent()).not.toContain("/api/ops/");
      await page.close();
      expect(complaints).toEqual([]);
    });

    test("shows users' texts as text, never as HTML", async () => {
      for (const _ of [1, 2, 3])
        await world.get(`/api/problems/?search=${encodeURIComponent(hostile)}`);
      const page = await open();
      await page.getByLabel("Pattern of keys").fill("problem_list:*search*");
      await page.getByRole("button", { name: "Find" }).click();
      await page.getByText(/keys? in the first step of the search/).waitFor();
      expect(await page.locator("img").count()).toBe(0);
      await page.close();
      expect(complaints).toEqual([]);
    });

    test("signs in at the issuer: code and verifier go through the API's own origin, and neither is stored", async () => {
      const page = await newPage();
      await page.goto(`${world.url}/ops/#range=3h`);
      await page.getByRole("button", { name: /^Sign in at issuer/ }).click();
      await page.getByLabel(/Token of this cloud/).fill(world.admin.token);
      await page.keyboard.press("Enter");
      await page.getByText("All is well.").waitFor();
      expect(page.url()).toBe(`${world.url}/ops/#range=3h`);
      expect(await page.evaluate("sessionStorage.length + localStorage.length")).toBe(0);
      expect(await page.context().cookies()).toEqual([]);
      await page.close();
      expect(complaints).toEqual([]);
    });

    test("refuses the code of a sign-in that this tab did not start", async () => {
      const page = await newPage();
      await page.goto(`${world.url}/ops/?code=stolen&state=guessed`);
      await page.getByText("the sign-in was started in another tab").waitFor();
      expect(page.url()).toBe(`${world.url}/ops/`);
      const begun = JSON.stringify({ state: "mine", verifier: "mine", hash: "" });
      await page.evaluate(`sessionStorage.setItem("sign-in", ${JSON.stringify(begun)})`);
      const exchanged: string[] = [];
      page.on("request", (request) => exchanged.push(new URL(request.url()).pathname));
      await page.goto(`${world.url}/ops/?code=stolen&state=guessed`);
      await page.getByText("the sign-in was started in another tab").waitFor();
      expect(exchanged).not.toContain("/ops/token");
      await page.close();
    });

    test("says that the API refused the token, and asks for another one", async () => {
      const page = await newPage();
      await page.goto(`${world.url}/ops/#token=nonsense`);
      await page.getByLabel("Or paste the token of an operator").fill(world.admin.token);
      expect(await page.getByRole("alert").textContent()).toContain("The API refused the token");
      await page.keyboard.press("Enter");
      await page.getByText("All is well.").waitFor();
      expect(await page.getByLabel(/token of an operator/i).count()).toBe(0);
      await page.close();
    });

    test("offers neither numbers nor buttons to a user who may not see them", async () => {
      const page = await newPage();
      await page.goto(`${world.url}/ops/#token=${world.ann.token}`);
      const sentence = page.getByText("No numbers: only admins and viewers may see this");
      await sentence.waitFor();
      expect(await sentence.textContent()).toContain("reload the page");
      expect(await page.locator("header .updated").textContent()).toBe("no numbers");
      expect(await page.locator("button:enabled").count()).toBe(0);
      await page.close();
    });
  },
);
