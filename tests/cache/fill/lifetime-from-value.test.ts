import { expect, test } from "vitest";
import { defineResource, Loaded, type ResourceOptions } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

type Own = ConstructorParameters<typeof Loaded>[1];

function setup(own: Own, options: Partial<ResourceOptions<void, string, void>> = {}) {
  const parts = fleet({ enqueueRefresh: () => undefined });
  const token = defineResource<void, string>({
    name: "token",
    ttl: "1 hour",
    jitter: 0,
    ...options,
    load: () => new Loaded("secret", own),
  });
  return { ...parts, token };
}

test("a value lives as long as its load says, if that is shorter than the resource's lifetime", async () => {
  const { cache, clock, token } = setup({ ttl: "10 seconds" });
  await cache.get(token);
  await clock.advance(9_999);
  expect((await cache.getEntry(token)).status).toBe("hit");
  await clock.advance(1);
  expect((await cache.getEntry(token)).status).toBe("miss");
});

test("a value does not live longer than its resource allows", async () => {
  const { cache, clock, token } = setup({ ttl: "1 day" });
  await cache.get(token);
  await clock.advance(3_600_000);
  expect((await cache.getEntry(token)).status).toBe("miss");
});

test("a load may also shorten the time for which its value may be stale", async () => {
  const own = { ttl: "10 seconds", staleWhileRevalidate: "5 seconds" } as const;
  const { cache, clock, token } = setup(own, { staleWhileRevalidate: "1 hour" });
  await cache.get(token);
  await clock.advance(14_999);
  expect((await cache.getEntry(token)).status).toBe("stale");
  await clock.advance(1);
  expect((await cache.getEntry(token)).status).toBe("miss");
});
