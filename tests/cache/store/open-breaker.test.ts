import { expect, test } from "vitest";
import { defineResource, defineTags, type Store } from "@algoitny/cache";
import { type Fault, overNetwork } from "@algoitny/cache/testing";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ row: () => [] });

/** A process whose breaker is open over a store that answers again, and another one over the same store. */
async function openBreaker() {
  const { clock, store, cache: other } = fleet();
  let fault: Fault = "none";
  const wrap = (inner: Store) => overNetwork(inner, { fault: () => fault });
  const { cache } = fleet({ wrap: () => wrap(store), clock });
  const database = { value: "old" };
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    fresh: "1 hour",
    load: () => database.value,
  });
  await other.get(row, undefined);
  fault = "refused";
  for (let read = 0; read < 5; read += 1) await cache.get(row, undefined);
  fault = "none";
  expect((await cache.read(row, undefined)).detail).toBe("store-unreachable");
  return { cache, other, row, database };
}

const VERBS = {
  invalidate: ({ cache }: Opened) => cache.invalidate([tags.row()]),
  expire: ({ cache }: Opened) => cache.expire([tags.row()]),
  delete: ({ cache }: Opened) => cache.delete("row:all"),
  "invalidate by a pattern": ({ cache }: Opened) => cache.invalidatePattern("row:al*"),
};
type Opened = Awaited<ReturnType<typeof openBreaker>>;

test.for(Object.entries(VERBS))("an open breaker does not refuse to %s", async ([, verb]) => {
  const opened = await openBreaker();
  opened.database.value = "new";
  await expect(verb(opened).then(() => "done")).resolves.toBe("done");
  expect(await opened.other.get(opened.row, undefined)).toBe("new");
});
