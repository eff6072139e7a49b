import { expect, test } from "vitest";
import { defineResource } from "@algoitny/cache";
import { unreliableFleet, valueSoFar } from "../../support/unreliable-fleet.ts";

const CAUSES = {
  "the load has failed": { load: () => Promise.reject(new Error("database down")) },
  "the value cannot be encoded": { load: () => 1n },
  "the store did not keep the value": { load: () => "value", isCommitRefused: true },
  "the loader said not to keep the value": { load: () => undefined },
};

test.for(Object.entries(CAUSES))("a lease is free at once when %s", async ([, cause]) => {
  const { clock, cache, other, turn } = unreliableFleet();
  const loads: (() => unknown)[] = [cause.load];
  const row = defineResource({
    name: "row",
    ttl: "1 minute",
    negativeTtl: false,
    load: () => (loads.pop() ?? (() => "value"))(),
  });
  if ("isCommitRefused" in cause) turn("refused", "commit");
  await cache.get(row, undefined).catch(() => undefined);
  const next = other.getEntry(row, undefined);
  await clock.advance(0);
  expect(await valueSoFar(next)).toMatchObject({ status: "miss", stored: true });
});
