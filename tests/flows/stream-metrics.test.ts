import { keys } from "@algoitny/core/table/keys";
import { expect, test } from "vitest";
import { startWorld } from "../support/people.ts";

test("the stream's function publishes the number of its records, of invalidated tags and of failed records, and the age of its batches", async () => {
  await using world = await startWorld();
  const { id } = await world.createProblem();
  await world.streams.drained();
  // A function's log is delivered separately from its answer, and may arrive after it.
  const totalOf = (metric: string) => world.metrics()["stream Invalidate"]?.[metric];
  await expect.poll(() => totalOf("Records")?.sum).toBeGreaterThan(0);
  await expect.poll(() => totalOf("BatchAgeMs")?.count).toBe(totalOf("Records")?.count);
  expect(totalOf("BatchAgeMs")?.sum).toBeGreaterThanOrEqual(0);
  expect(totalOf("TagsInvalidated")?.sum).toBeGreaterThan(0);
  expect(totalOf("RecordsFailed")).toBeUndefined();

  await world.redis.stop();
  await world.changeItem(keys.problem(id), { title: "Behind the API's back" });
  await expect.poll(() => totalOf("RecordsFailed")?.sum, { timeout: 10_000 }).toBeGreaterThan(0);
  await world.redis.start();
  await world.streams.drained();
});
