import { createReadRequests, MOST_REQUESTS } from "@algoitny/functions/feed/read-requests";
import { metricLines } from "@algoitny/functions/telemetry/emf";
import type { MetricName } from "@algoitny/functions/telemetry/metrics";
import { startRequestLines } from "@algoitny/local/cloudwatch/request-lines";
import { afterEach, beforeEach, expect, test } from "vitest";

let lines: Awaited<ReturnType<typeof startRequestLines>>;
beforeEach(async () => {
  lines = await startRequestLines();
});
afterEach(() => lines.close());

const NOW = 1_800_000_000_000;

/** A request's log line, as its function writes it. */
function write(
  endpoint: string,
  values: Partial<Record<MetricName, number>>,
  atMs = NOW,
  facts: Record<string, string> = {},
): void {
  const measured = Object.entries({ DurationMs: 4.25, ...values }).map(
    ([name, value]) => [name as MetricName, [value]] as const,
  );
  for (const line of metricLines(new Map(measured), "algoitny", { endpoint }, atMs, facts))
    lines.add(line, JSON.parse(line) as Record<string, unknown>, atMs);
}

const read = (...asked: Parameters<ReturnType<typeof createReadRequests>>) =>
  createReadRequests("algoitny", {
    AWS_ACCESS_KEY_ID: "AKID",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: lines.endpoint,
  })(...asked);

test("a request is shown as its function logged it, and operators' own requests are left out", async () => {
  const facts = { key_id: "Yc1w3kQz" };
  write("GET /api/problems/", { Misses: 1, MissesExpired: 1, DatabaseReads: 3 }, NOW, facts);
  const failure = { status: "500" };
  write("PATCH /api/problems/{id}/", { TagsInvalidated: 4, Errors: 1 }, NOW, failure);
  write("GET /api/ops/metrics/", {});
  write("GET /api/health/ready/", {});
  expect(await read(NOW)).toMatchObject([
    {
      endpoint: "GET /api/problems/",
      outcome: "miss",
      reason: "expired",
      ms: 4.3,
      database_reads: 3,
      failed: false,
      status: null,
      key_id: "Yc1w3kQz",
    },
    {
      endpoint: "PATCH /api/problems/{id}/",
      outcome: null,
      reason: null,
      tags_invalidated: 4,
      failed: true,
      status: 500,
      key_id: null,
    },
  ]);
});

test("requests are filtered by a start time and by an outcome", async () => {
  write("GET /api/problems/", { Hits: 1 }, NOW - 1);
  write("GET /api/problems/", { Hits: 1 });
  write("GET /api/history/", { Misses: 1, MissesAbsent: 1 });
  expect((await read(NOW)).map(({ outcome }) => outcome)).toEqual(["hit", "miss"]);
  expect((await read(NOW, "miss")).map(({ endpoint }) => endpoint)).toEqual(["GET /api/history/"]);
});

test("of many requests the latest are returned", async () => {
  for (let ms = 0; ms < MOST_REQUESTS + 50; ms += 1)
    write("GET /api/problems/", { Hits: 1 }, NOW + ms);
  const found = await read(NOW);
  expect([found.length, found.at(-1)?.at]).toEqual([MOST_REQUESTS, NOW + MOST_REQUESTS + 49]);
});
