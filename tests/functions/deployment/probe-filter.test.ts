import { keys } from "@algoitny/core/table/keys";
import { access } from "@algoitny/functions/deployment/access";
import { PROBES } from "@algoitny/functions/deployment/schedules";
import { SHARDS, subscriptions } from "@algoitny/functions/deployment/subscriptions";
import { compileFilters } from "@algoitny/local/streams/filter";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect, test } from "vitest";

const { filters, parallelizationFactor, file } = subscriptions.Invalidate;
const passes = compileFilters(filters);

test("probes reach the stream's function, and the item of the last beat does not", () => {
  const arrives = [keys.probe(0), keys.probe(PROBES - 1), keys.beat()].map((key) =>
    passes({ eventName: "MODIFY", dynamodb: { Keys: marshall(key) } }),
  );
  expect(arrives).toEqual([true, true, false]);
});

test("a shard has one concurrent batch, reserved concurrency for it and eight probes", () => {
  expect(parallelizationFactor).toBe(1);
  expect(access[file].reservedConcurrency).toBeGreaterThanOrEqual(SHARDS);
  expect(PROBES).toBe(8 * SHARDS);
});
