import type { LoadResult } from "./run-load.ts";
import type { Times } from "./tally.ts";

/** A result as a table, one line per endpoint, with notes on its validity below. */
export function loadText(result: LoadResult): string {
  const { seconds, endpoints, outcomes, all, shed, valid, late_p99_ms } = result;
  const rows = Object.entries(endpoints);
  const requests = rows.reduce((sum, [, each]) => sum + each.requests, 0);
  const lines = [
    ["", "requests", "hit", "stale", "miss", "bypass", "refused", "p50 ms", "p99 ms", "max ms"],
    ...rows.map(([endpoint, each]) => [
      endpoint,
      ...[each.requests, each.hit, each.stale, each.miss, each.bypass, each.refused].map(String),
      ...times(each),
    ]),
    ["all", String(requests), "", "", "", "", "", ...times(all)],
    ...Object.entries(outcomes)
      .filter(([, each]) => each.requests > 0)
      .map(([name, each]) => [
        `  ${name}`,
        String(each.requests),
        "",
        "",
        "",
        "",
        "",
        ...times(each),
      ]),
  ];
  const answers = answersOf(result);
  return [
    ...table(lines),
    "",
    `${requests} requests in ${seconds} s: ${answers}. Times count from each request's scheduled start.`,
    ...(shed > 0 ? [`${shed} more were not sent: too many were in progress.`] : []),
    ...(valid
      ? []
      : [
          `This program sent requests late (p99 ${late_p99_ms} ms), so the times are not the API's. Use a lower rate, or a less busy machine.`,
        ]),
  ].join("\n");
}

/** `612 × 200, 30 × 304`. */
function answersOf({ endpoints }: LoadResult): string {
  const sums = new Map<string, number>();
  for (const { answers } of Object.values(endpoints))
    for (const [name, count] of Object.entries(answers))
      sums.set(name, (sums.get(name) ?? 0) + count);
  return [...sums]
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, count]) => `${count} × ${name}`)
    .join(", ");
}

function times({ p50_ms, p99_ms, max_ms }: Times): string[] {
  return [p50_ms, p99_ms, max_ms].map((ms) => ms.toFixed(1));
}

/** Aligned columns: the first to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
