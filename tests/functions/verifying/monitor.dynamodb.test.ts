import { rules } from "@algoitny/core/invalidation-rules";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { VIEWS } from "../../core/soundness/random-views.ts";
import { handWrite, making, setting } from "../../core/soundness/writes.ts";
import { scale } from "../../support/scale.ts";
import { readAny, startSite, type Verdicts } from "./monitored-site.ts";
import { RULE_WRITES, type RuleWrite } from "./rule-writes.ts";

/** Longest time until a missing rule is found. */
const FOUND_WITHIN_MS = 15 * 60_000;

/** Seeds of sites, tried in turn: a hit has to be drawn while the old entry is valid, which is a minute for drafts. */
const SITES = [1, 2, 3, 4];

/** Key of the hit that counts as stale after a change without its rule, and the time from the change until then. */
async function findLack({ entity, index, prepare, write }: RuleWrite, seed: number) {
  await using site = await startSite(seed);
  if (prepare) await site.write(prepare);
  await site.pass(10_000);
  for (const view of [...VIEWS, ...VIEWS]) await site.read(view);
  const startMs = site.clock.now();
  const its = (rules[entity] as readonly unknown[]).filter((_, at) => at !== index);
  await site.write(write, { ...rules, [entity]: its });
  while (site.verdicts.stale.length === 0 && site.clock.now() - startMs < FOUND_WITHIN_MS)
    await readAny(site);
  const [found] = site.verdicts.stale;
  return found && { key: found.key, ms: found.atMs - startMs };
}

test.each(RULE_WRITES.slice(0, scale.missingRules))(
  "without rule $index for $entity, a hit is found to be stale within 15 minutes",
  async (each) => {
    let found: Awaited<ReturnType<typeof findLack>>;
    for (const seed of SITES) found ??= await findLack(each, seed);
    expect(found).toBeDefined();
  },
  600_000,
);

/** Interval of writes in a site with all rules. */
const WRITE_EVERY_MS = 4_000;

test("every rule is tried, except those whose absence makes hits stale for seconds only", () => {
  const tried = new Set(RULE_WRITES.map(({ entity, index }) => `${entity} ${index}`));
  const all = Object.entries(rules).flatMap(([entity, its]) =>
    its.map((_, index) => `${entity} ${index}`),
  );
  expect(all.filter((each) => !tried.has(each))).toEqual(["history 3", "feed_entry 1"]);
});

/** Random writes and reads in a site with all rules, until that number of hits was checked. */
async function checkHits(count: number, seed: number): Promise<Verdicts> {
  await using site = await startSite(seed);
  const { verdicts, clock } = site;
  const drawn = fc.sample(fc.oneof(making, setting, handWrite), { seed, numRuns: 10_000 });
  for (let at = 0, dueMs = 0; verdicts.agrees + verdicts.overtaken < count;) {
    if (clock.now() >= dueMs) {
      await site.write(drawn[at % drawn.length] as (typeof drawn)[number]);
      at += 1;
      dueMs = clock.now() + WRITE_EVERY_MS;
    }
    await readAny(site);
  }
  return verdicts;
}

test("with all rules no hit is found to be stale, even if the stream is seconds late", async () => {
  const verdicts = await checkHits(scale.checkedHits, 7);
  expect(verdicts.agrees).toBeGreaterThan(scale.checkedHits / 2);
  expect(verdicts.stale).toEqual([]);
}, 1_200_000);
