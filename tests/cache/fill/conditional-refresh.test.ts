import { expect, test, vi } from "vitest";
import { defineResource, defineTags, Loaded, type LoadContext } from "@algoitny/cache";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ page: () => [] });
const PAGE = { text: "x".repeat(5_000) };

function setup() {
  const fleet = unreliableFleet();
  const contexts: LoadContext[] = [];
  let version = "v1";
  const load = vi.fn((_params: void, _source: void, context: LoadContext) => {
    contexts.push(context);
    if (context.previous?.validator === version) return context.previous.notModified();
    return new Loaded(
      { ...PAGE, version },
      { validator: version, headers: { "x-version": version } },
    );
  });
  const page = defineResource({
    name: "page",
    tags: () => [tags.page()],
    ttl: "1 minute",
    jitter: 0,
    load,
  });
  return { ...fleet, page, load, contexts, publish: (next: string) => (version = next) };
}

test("a loader that reports no change extends the value's life by another lifetime", async () => {
  const { cache, clock, page, load } = setup();
  const before = await cache.getEntry(page, undefined);
  await cache.invalidate([tags.page()]);
  const after = await cache.getEntry(page, undefined);
  expect([after.status, after.stored, after.entry.header.etag]).toEqual([
    "miss",
    true,
    before.entry.header.etag,
  ]);
  expect(await after.value()).toEqual({ ...PAGE, version: "v1" });
  await clock.advance(30_000);
  expect((await cache.getEntry(page, undefined)).status).toBe("hit");
  expect(load).toHaveBeenCalledTimes(2);
});

test("a loader gets the entry that it replaces, even if that was invalidated", async () => {
  const { cache, clock, page, contexts } = setup();
  await cache.get(page, undefined);
  await clock.advance(5_000);
  await cache.invalidate([tags.page()]);
  await cache.get(page, undefined);
  expect(contexts.map(({ previous }) => previous?.validator)).toEqual([undefined, "v1"]);
  expect(contexts[1]?.previous).toMatchObject({ headers: { "x-version": "v1" }, ageMs: 5_000 });
  expect(await contexts[1]?.previous?.value()).toEqual({ ...PAGE, version: "v1" });
});

test("a loader that finds another version replaces the value", async () => {
  const { cache, page, publish } = setup();
  await cache.get(page, undefined);
  publish("v2");
  await cache.invalidate([tags.page()]);
  expect(await cache.get(page, undefined)).toEqual({ ...PAGE, version: "v2" });
  expect(await cache.get(page, undefined)).toEqual({ ...PAGE, version: "v2" });
});

test("an unchanged value whose entry was removed meanwhile is served, and not stored", async () => {
  const { cache, page, store } = setup();
  await cache.get(page, undefined);
  await cache.invalidate([tags.page()]);
  const evicting = {
    ...page,
    load: async (params: void, source: void, context: LoadContext) => {
      await store.delete(["cache:1:page:all"]);
      return page.load(params, source, context);
    },
  };
  const reading = await cache.getEntry(evicting, undefined);
  expect([reading.stored, await reading.value()]).toEqual([false, { ...PAGE, version: "v1" }]);
});

test("a forced refresh loads although the entry is fresh, and the value of a load in progress in another process is refused", async () => {
  const { cache, other, page, load, publish } = setup();
  await cache.get(page, undefined);
  publish("v2");
  expect(await cache.refresh(page, undefined)).toBe("refreshed");
  expect(await other.get(page, undefined)).toMatchObject({ version: "v2" });
  const slow = Promise.withResolvers<never>();
  load.mockReturnValueOnce(slow.promise as never);
  const late = other.refresh(page, undefined);
  await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(3));
  publish("v3");
  expect(await cache.refresh(page, undefined)).toBe("refreshed");
  slow.resolve(new Loaded({ ...PAGE, version: "v2" }) as never);
  expect(await late).toBe("refused");
  expect(await other.get(page, undefined)).toMatchObject({ version: "v3" });
});
