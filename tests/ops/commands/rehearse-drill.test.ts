import { rules } from "@algoitny/functions/findings/finding-rules";
import { stormTags } from "@algoitny/ops/commands/rehearse-drill";
import { expect, test } from "vitest";

const PERIOD_SECONDS = 10;
const INTERVALS = 60;

/** Tags that `npm run ops -- drill storm` invalidates each second without other traffic. */
const LEAST = 40;

/** Reads of the drill in an interval. */
const DRILL_READS = 20 * PERIOD_SECONDS;

function traffic({ reads, tags }: { reads: number; tags: number }) {
  const always = (value: number) => Array.from({ length: INTERVALS }, () => value);
  return {
    service: "test",
    period_seconds: PERIOD_SECONDS,
    times: always(0),
    complete: INTERVALS - 1,
    as_of: 0,
    columns: { hit: always(reads), tags_invalidated: always(tags) },
    totals: {},
  };
}

test.each([
  ["no other traffic", { reads: 0, tags: 0 }],
  ["200 reads a second", { reads: 2_000, tags: 0 }],
  ["200 requests a second, of which one in twenty writes", { reads: 1_900, tags: 600 }],
])("the storm of a drill stands out from %s", (_, usual) => {
  const tags = stormTags(traffic(usual), LEAST) * PERIOD_SECONDS;
  const interval: Record<string, number> = {
    hit: usual.reads + DRILL_READS - 100,
    miss: 100,
    invalidated: 100,
    tags_invalidated: usual.tags + tags,
  };
  const facts = rules["invalidation-storm"].holds({
    periodSeconds: PERIOD_SECONDS,
    at: (column) => interval[column] ?? 0,
    known: (column) => column in interval,
    usual: (column) => (column === "tags_invalidated" ? usual.tags : undefined),
    past: () => 0,
  });
  expect(facts).toContain("tags a minute");
});

test("a drill's storm is a small one where there is little traffic", () => {
  expect(stormTags(traffic({ reads: 10, tags: 0 }), LEAST)).toBe(LEAST);
});
