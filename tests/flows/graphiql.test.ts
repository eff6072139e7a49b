import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXECUTABLE } from "../support/chromium.ts";
import { startWorld, type World } from "../support/people.ts";

/** A busy machine needs that long to compile 7 MB of script. */
const TIMEOUT_MS = 240_000;

describe.skipIf(EXECUTABLE === undefined)(
  "GraphiQL in Chromium (skipped where there is none)",
  () => {
    let world: World;
    let browser: Browser;
    beforeAll(async () => {
      world = await startWorld();
      await world.createProblem({ title: "Sums" });
      browser = await chromium.launch({ executablePath: EXECUTABLE!, args: ["--no-sandbox"] });
    });
    afterAll(async () => {
      await browser?.close();
      await world?.close();
    });

    test.each(["light", "dark"] as const)(
      "runs a query and knows the schema under its content security policy, without another origin, in %s colours",
      { timeout: TIMEOUT_MS },
      async (colorScheme) => {
        const complaints: string[] = [];
        const page = await browser.newPage({ colorScheme });
        page.setDefaultTimeout(TIMEOUT_MS);
        page.on("console", (message) => {
          if (message.type() === "error") complaints.push(message.text());
        });
        page.on("pageerror", (error) => complaints.push(String(error)));
        page.on("request", (request) => {
          const { origin, protocol } = new URL(request.url());
          if (origin !== world.url && protocol !== "data:") complaints.push(request.url());
        });
        const query = "{ problems(first: 1) { edges { node { title } } } }";
        await page.goto(`${world.url}/graphiql/?query=${encodeURIComponent(query)}`);
        await page.locator(".graphiql-query-editor").getByText("problems").waitFor();
        await page.getByRole("button", { name: "Execute query" }).click();
        await page.locator(".graphiql-response").getByText('"Sums"').waitFor();
        await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
        await page.getByRole("link", { name: "Query" }).first().click();
        await page.getByText("ProblemConnection").first().waitFor();
        const ground = await page.evaluate(
          "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor",
        );
        expect(isDark(String(ground))).toBe(colorScheme === "dark");
        expect(complaints).toEqual([]);
        await page.close();
      },
    );
  },
);

/** True for a colour of the form `rgb(33, 42, 59)` that is nearer to black than to white. */
function isDark(color: string): boolean {
  const [red = 255, green = 255, blue = 255] = (color.match(/\d+/g) ?? []).map(Number);
  return red + green + blue < 384;
}
