import type { LoadReads } from "@algoitny/cache";
import type { Tables } from "@algoitny/core/tables";
import { uncached } from "@algoitny/core/uncached";
import { expect, test } from "vitest";

test("a recorded load uses its own tables without a cache too, since the check of a hit stores nothing", async () => {
  const [plain, recording] = [{}, {}] as [Tables, Tables];
  const source = uncached(
    async () => plain,
    () => async () => recording,
  );
  const own = source.recorded?.({} as LoadReads);
  expect(await own?.tables()).toBe(recording);
  expect(await source.tables()).toBe(plain);
  expect(uncached(async () => plain).recorded).toBeUndefined();
});
