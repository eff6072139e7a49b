import { channel } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { instrument } from "@algoitny/cache/otel";
import { EVERY_EVENT } from "./every-event.ts";
import { metered } from "./metered.ts";

const DOCS = resolve(import.meta.dirname, "../../../packages/cache/docs");

/** All metrics that Prometheus gets from events of every type. */
async function scrapeOfAll(): Promise<string> {
  const { meterProvider, scrape } = metered();
  const stop = instrument({ meterProvider });
  for (const event of EVERY_EVENT) channel("@algoitny/cache:event").publish(event);
  stop();
  return scrape();
}

test("the page lists every instrument with its unit and its attributes", async () => {
  const scraped = await scrapeOfAll();
  const units = [...scraped.matchAll(/^# UNIT serverless_cache_(\w+?)(?:_total)? (.+)$/gm)];
  const made = units.map(([, name = "", unit]) => {
    const series = scraped.matchAll(
      new RegExp(`^serverless_cache_${name}(?:_total|_sum)(.*)$`, "gm"),
    );
    const labels = [...series].flatMap(([, text = ""]) =>
      [...text.matchAll(/(\w+)="/g)].map(([, label = ""]) =>
        label.replace("serverless_cache_", ""),
      ),
    );
    return [name, { unit, labels: [...new Set(labels)].toSorted() }];
  });
  const page = readFileSync(join(DOCS, "opentelemetry.md"), "utf8");
  const rows = page.matchAll(/^\| `serverless_cache\.([\w.]+)` \| `(.*?)` \| (.*)\|$/gm);
  const listed = [...rows].map(([, name = "", unit, text = ""]) => {
    const attributes = text.replaceAll(/\(.*?\)/g, "").matchAll(/`([\w.]+)`/g);
    const labels = [...attributes].map(([, each = ""]) => each.replace(".", "_"));
    return [name.replace(".", "_"), { unit, labels: labels.toSorted() }];
  });
  expect(made.length).toBeGreaterThan(10);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(made));
});

interface Board {
  panels: { title: string; targets: { expr: string }[] }[];
}

test("each panel of the board queries the names and labels that Prometheus receives", async () => {
  const scraped = await scrapeOfAll();
  const board = JSON.parse(readFileSync(join(DOCS, "grafana-dashboard.json"), "utf8")) as Board;
  const asked = board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  expect(asked.length).toBeGreaterThan(board.panels.length);
  const missing = asked.flatMap((expr) =>
    [...expr.matchAll(/\bserverless_cache_(?:\w|\(_seconds\)\?)+|\berror_type\b/g)]
      .map(([name]) => name)
      .filter((name) => !new RegExp(`\\b${name}\\b`).test(scraped)),
  );
  expect(missing).toEqual([]);
});
