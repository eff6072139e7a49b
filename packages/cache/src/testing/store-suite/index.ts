import { changeRules } from "./changes.ts";
import { commitRules } from "./commits.ts";
import { followRules } from "./follows.ts";
import { fenceRules } from "./fences.ts";
import { leaseRules } from "./leases.ts";
import { otherRules } from "./rest.ts";
import { revalidationRules } from "./revalidations.ts";
import type { StoreUnderTest, TestTools } from "./subject.ts";

export type { StoreUnderTest, TestTools } from "./subject.ts";

/**
 * Defines a test for everything that the cache relies on in a store. `open` is called once for each test; it may return
 * the same store, because no two tests use the same names.
 *
 * @example
 * import { scheduler } from "node:timers/promises";
 * testStore({ test, expect }, async () => ({ store: createMyStore(), wait: scheduler.wait }));
 */
export function testStore(
  { test, expect }: TestTools,
  open: () => Promise<StoreUnderTest> | StoreUnderTest,
): void {
  const run = Math.random().toString(36).slice(2);
  const rules = [
    ...followRules,
    ...revalidationRules,
    ...leaseRules,
    ...commitRules,
    ...fenceRules,
    ...changeRules,
    ...otherRules,
  ];
  for (const [index, [name, check]] of rules.entries()) {
    test(name, async () => {
      // The braces make a hash tag, so that a cluster keeps the names of one test on one node.
      const own = `{suite:${run}:${index}}`;
      const stamps = [`${own}:stamp:0`, `${own}:stamp:1`];
      const names = {
        entry: `${own}:entry`,
        lease: `${own}:lease`,
        sequence: `${own}:seq`,
        stamps,
      };
      await check({ ...(await open()), ...names }, expect);
    });
  }
}
