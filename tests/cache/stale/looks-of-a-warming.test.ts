import { defineResource } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { overNetwork } from "@algoitny/cache/testing";
import { expect, test } from "vitest";
import { fleet } from "../../support/test-cache.ts";

/** Returns a function that warms a number of entries with bodies of this length, and returns the number of looks. */
function setup(bodyLength: number) {
  let looks = 0;
  const { cache } = fleet({
    wrap: (store: Store) =>
      overNetwork(store, {
        fault: (operation) => ((looks += Number(operation === "mget")), "none"),
      }),
  });
  const body = "x".repeat(bodyLength);
  const view = defineResource<number, string>({
    name: "view",
    ttl: "1 minute",
    compression: false,
    load: () => body,
  });
  return async (count: number) => {
    looks = 0;
    await cache.warm(
      view,
      Array.from({ length: count }, (_, id) => id),
    );
    return looks;
  };
}

test("a look asks for a hundred entries at most, and for fifty while their size is not known", async () => {
  const looks = setup(10);
  expect(await looks(250)).toBe(5);
  expect(await looks(250)).toBe(3);
});

test("large entries are looked at in groups once their size is known", async () => {
  const looks = setup(100_000);
  await looks(100);
  expect(await looks(100)).toBe(3);
});
