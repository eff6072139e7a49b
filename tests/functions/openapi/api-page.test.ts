import { spawn, spawnSync } from "node:child_process";
import { hash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { buildDocument } from "@algoitny/functions/openapi/api-document";
import { PAGE_POLICY, renderPage } from "@algoitny/functions/openapi/api-page";
import { html, prose } from "@algoitny/functions/openapi/page-html";
import { PAGE_STYLE } from "@algoitny/functions/openapi/page-style";
import { describe, expect, test } from "vitest";

const document = buildDocument();
const page = renderPage(document);
const found = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, group = ""]) => group);

describe("the page of the document", () => {
  test("has every operation and every schema, and no broken link", () => {
    const operations = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map((operation) => (operation as { operationId: string }).operationId),
    );
    const schemas = Object.keys(document.components["schemas"] ?? {}).map(
      (name) => `schema-${name}`,
    );
    const targets = found(/ id="([^"]+)"/g);
    expect(targets).toEqual(expect.arrayContaining([...operations, ...schemas]));
    expect(new Set(targets).size).toBe(targets.length);
    const missing = found(/href="#([^"]+)"/g).filter((target) => !targets.includes(target));
    expect(missing).toEqual([]);
  });

  test("states at an operation for admins that it needs an admin's token", () => {
    expect(page).toMatch(/Create a problem\. <span class="muted">With an admin&#39;s token\.</);
  });

  test("explains, before the first curl line, what to replace in them", () => {
    const curlLines = found(/<pre>([^<]*)/g);
    const replaced = curlLines.flatMap((line) => line.match(/(?<=[$@])[\w.]+/g) ?? []);
    expect(curlLines.filter((line) => line.includes("$ORIGIN/api/"))).toEqual(curlLines);
    const [before = ""] = page.split("<pre>");
    for (const name of new Set([...replaced, "{id}"]))
      expect(before).toContain(`<code>${name}</code>`);
  });

  test("runs no script, and loads nothing", () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|<form| on\w+=| style=| src=/i);
    expect(found(/href="([^#"][^"]*)"/g)).toEqual(["/api/openapi.json"]);
    expect(PAGE_STYLE).not.toMatch(/url\(|@import/);
  });

  test("allows its one style by its hash, and nothing else", () => {
    const styles = found(/<style>([^<]*)<\/style>/g);
    expect(styles).toHaveLength(1);
    const sum = hash("sha256", styles[0] ?? "", "base64");
    expect(PAGE_POLICY).toBe(
      `default-src 'none'; style-src 'sha256-${sum}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });

  test("is readable in light and dark mode: the contrast of each text colour with both backgrounds is at least 4.5", () => {
    const colours = [...PAGE_STYLE.matchAll(/--(\w+): light-dark\((#\w{6}), (#\w{6})\)/g)];
    const named = (index: 2 | 3) => new Map(colours.map((match) => [match[1], match[index] ?? ""]));
    for (const scheme of [named(2), named(3)]) {
      const grounds = ["ground", "raised"].map((name) => scheme.get(name) ?? "");
      const texts = [...scheme].filter(([name]) => !/ground|raised|line/.test(name ?? ""));
      expect(texts).toHaveLength(7);
      const low = texts.filter(([, colour]) =>
        grounds.some((ground) => contrast(colour, ground) < 4.5),
      );
      expect(low).toEqual([]);
    }
  });

  test("escapes texts, also those between backticks", () => {
    expect(html`<p>${"<b>&'\""}${[1, html`<i>x</i>`]}${undefined}</p>`.html).toBe(
      "<p>&lt;b&gt;&amp;&#39;&quot;1<i>x</i></p>",
    );
    expect(prose("a `<b>` c").html).toBe("a <code>&lt;b&gt;</code> c");
  });
});

/** Contrast of two colours by WCAG 2.2, from 1 to 21. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [one, other].map(luminance).toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);

/** Longer than a busy machine needs to start a browser. */
const BROWSER_TIMEOUT_MS = 60_000;

test.skipIf(CHROMIUM === undefined)(
  "a browser shows it without a violation of its policy, and requests nothing else (skipped without Chromium)",
  { timeout: BROWSER_TIMEOUT_MS },
  async () => {
    const asked: string[] = [];
    const server = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.setHeader("content-security-policy", PAGE_POLICY).end(page);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const folder = await mkdtemp(path.join(tmpdir(), "api-page-"));
    const picture = path.join(folder, "page.png");
    const { port } = server.address() as AddressInfo;
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"];
    const shot = [`--user-data-dir=${folder}`, "--window-size=390,900", `--screenshot=${picture}`];
    const browser = spawn(CHROMIUM ?? "", [
      ...flags,
      ...shot,
      `http://127.0.0.1:${port}/api/docs/`,
    ]);
    const log = await text(browser.stderr);
    server.closeAllConnections();
    server.close();
    const { length } = await readFile(picture);
    await rm(folder, { recursive: true, force: true });
    expect(log.match(/.*(?:Content Security Policy|Refused to).*/g) ?? []).toEqual([]);
    expect(asked).toEqual(["/api/docs/"]);
    // An unstyled or empty page of this size is far smaller.
    expect(length).toBeGreaterThan(20_000);
  },
);
