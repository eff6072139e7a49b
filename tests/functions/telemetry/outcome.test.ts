import { afterAll, expect, test } from "vitest";
import { defineResource, parseTag } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { overNetwork } from "@algoitny/cache/testing";
import type { Source } from "@algoitny/core/source";
import { cached } from "@algoitny/functions/endpoint/answer";
import { noteCacheEvents } from "@algoitny/functions/telemetry/cache-events";
import { OUTCOMES } from "@algoitny/functions/telemetry/outcome";
import { httpEvent } from "../support/http-events.ts";
import { context, setup, thing } from "../support/test-endpoint.ts";

// The event channel belongs to the process, in which other test files run too.
afterAll(noteCacheEvents());

/** A view with recorded reads: only its entry names its tags. */
const recorded = defineResource({
  name: "recorded",
  key: ({ id }: { id: string }) => ({ id }),
  tags: "reads",
  ttl: "1 minute",
  load: ({ id }, source: Source) => thing.load({ id }, source, {} as never),
});

const REASON = /^Misses[A-Z]/;

/** Sends requests to an endpoint in sequence, and returns the counted outcome of each. */
async function counted(
  ids: readonly string[],
  { wrap, view = thing }: { wrap?: (store: Store) => Store; view?: typeof thing } = {},
) {
  const { endpoint, metrics } = setup(wrap && { wrap });
  const handler = endpoint("GET /api/problems/", {}, async (_, { read, cache }) => {
    const id = ids[metrics.length] ?? "";
    if (id === "changed") await cache.invalidate(parseTag("thing:a"));
    return cached(await read(view, { id: id === "changed" ? "a" : id }), "not found");
  });
  for (const _ of ids) await handler(httpEvent(), context);
  return metrics.map((line) => {
    const names = Object.keys(line);
    const outcomes = names.filter((name) => Object.values<string>(OUTCOMES).includes(name));
    return [...outcomes, ...names.filter((name) => REASON.test(name))].join(" ");
  });
}

test("each request counts as one outcome, a miss with its reason", async () => {
  expect(await counted(["a", "a", "changed", "a"])).toEqual([
    "Misses MissesAbsent",
    "Hits",
    "Misses MissesInvalidated",
    "Hits",
  ]);
});

test.each([
  ["looks at a declared view", thing, "mget"],
  ["looks at a recorded view", recorded, "follow"],
])(
  "a request counts as a bypass, not as a miss, when the store fails as it %s",
  async (_, view, look) => {
    const wrap = (store: Store) =>
      overNetwork(store, { fault: (operation) => (operation === look ? "refused" : "none") });
    expect(await counted(["a", "a"], { wrap, view })).toEqual(["Bypasses", "Bypasses"]);
  },
);

test('a cached "not found" is a hit too, and a request whose load fails has no outcome', async () => {
  expect(await counted(["missing", "missing", "broken"])).toEqual([
    "Misses MissesAbsent",
    "Hits",
    "",
  ]);
});

test("a request's time counts for either hits or misses, never for both", async () => {
  const { endpoint, metrics } = setup();
  const handler = endpoint("GET /api/problems/", {}, async (_, { read }) =>
    cached(await read(thing, { id: "a" }), "not found"),
  );
  for (const _ of [1, 2]) await handler(httpEvent(), context);
  expect(metrics[0]).toHaveProperty("MissMs");
  expect(metrics[0]).not.toHaveProperty("HitMs");
  expect(metrics[1]).toMatchObject({ HitMs: expect.any(Number), CacheMs: expect.any(Number) });
  expect(metrics[1]).not.toHaveProperty("MissMs");
});
