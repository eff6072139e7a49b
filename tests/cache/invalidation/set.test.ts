import { expect, test, vi } from "vitest";
import { defineResource, defineTags, Loaded } from "@algoitny/cache";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ row: () => [], list: () => [] });

function setup() {
  const fleet = unreliableFleet({ storeTimeout: "1 minute" });
  const load = vi.fn(() => "loaded");
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "1 hour",
    load,
  });
  const list = defineResource<void, string>({
    name: "list",
    tags: () => [tags.list()],
    ttl: "1 hour",
    load: () => "listed",
  });
  return { ...fleet, load, row, list };
}

test("the value that a write returns is stored, and the next read is a hit", async () => {
  const { cache, other, load, row } = setup();
  await other.get(row, undefined);
  const set = await cache.set(row, undefined, () => "written", { invalidate: [tags.row()] });
  expect(set).toBe("written");
  expect((await other.getEntry(row, undefined)).status).toBe("hit");
  expect(await other.get(row, undefined)).toBe("written");
  expect(load).toHaveBeenCalledTimes(1);
});

test("other changes of the write are invalidated", async () => {
  const { cache, row, list } = setup();
  await cache.get(list, undefined);
  await cache.set(row, undefined, () => "written", { invalidate: [tags.list()] });
  expect((await cache.getEntry(list, undefined)).status).toBe("miss");
});

test("nothing is written when the store refuses the hold", async () => {
  const { cache, row, turn } = setup();
  const write = vi.fn(() => "written");
  turn("refused");
  await expect(cache.set(row, undefined, write)).rejects.toMatchObject({
    code: "invalidation_failed",
  });
  expect(write).not.toHaveBeenCalled();
});

test("a load that was under way when the write began does not replace the written value", async () => {
  const { cache, other, row, load } = setup();
  const slow = Promise.withResolvers<string>();
  load.mockReturnValueOnce(slow.promise as never);
  const reading = other.get(row, undefined);
  await vi.waitFor(() => expect(load).toHaveBeenCalled());
  await cache.set(row, undefined, () => "written");
  slow.resolve("old");
  expect(await reading).toBe("old");
  expect(await other.get(row, undefined)).toBe("written");
});

test("neither of two overlapping writes is stored, since their order in the database is unknown", async () => {
  const { cache, other, row } = setup();
  await cache.set(row, undefined, async () => {
    await other.set(row, undefined, () => "second");
    return "first";
  });
  expect((await cache.getEntry(row, undefined)).status).toBe("miss");
});

test("a value is not stored when it is invalidated during its write", async () => {
  const { cache, other, row } = setup();
  await cache.set(row, undefined, async () => {
    await other.invalidate([tags.row()]);
    return "written";
  });
  expect(await cache.get(row, undefined)).toBe("loaded");
});

test("a write that fails leaves no entry, and the caller gets its error", async () => {
  const { cache, row } = setup();
  await cache.get(row, undefined);
  const failing = cache.set(row, undefined, () => Promise.reject(new Error("conflict")));
  await expect(failing).rejects.toThrow("conflict");
  expect((await cache.getEntry(row, undefined)).status).toBe("miss");
});

test("a written value with `store: false` is returned, not stored", async () => {
  const { cache, row } = setup();
  expect(await cache.set(row, undefined, () => new Loaded("shy", { store: false }))).toBe("shy");
  expect(await cache.get(row, undefined)).toBe("loaded");
});

test.for([
  ["that the removal of the entry lets begin", "invalidate"],
  ["that a forced refresh begins", "refresh"],
] as const)(
  "a load %s during the write does not restore the old value",
  async ([, disturb], { onTestFinished }) => {
    const { cache, other, row, load } = setup();
    const slow = Promise.withResolvers<string>();
    onTestFinished(() => slow.resolve("old"));
    load.mockReturnValueOnce(slow.promise as never);
    let reading: Promise<unknown> | undefined;
    await cache.set(row, undefined, async () => {
      if (disturb === "invalidate") await other.invalidate(row, undefined);
      reading =
        disturb === "invalidate" ? other.get(row, undefined) : other.refresh(row, undefined);
      await vi.waitFor(() => expect(load).toHaveBeenCalled());
      return "written";
    });
    slow.resolve("old");
    await reading;
    expect(await other.get(row, undefined)).toBe("loaded");
  },
);

test("a load that took over the write's lease and ends during the write does not store its value", async () => {
  const { cache, other, row, load } = setup();
  load.mockReturnValueOnce("old");
  await cache.set(row, undefined, async () => {
    expect(await other.refresh(row, undefined)).toBe("refused");
    return "written";
  });
  expect(await other.get(row, undefined)).toBe("loaded");
});

test("a value is not stored when a pattern invalidates it during its write", async () => {
  const { cache, other, row } = setup();
  await cache.set(row, undefined, async () => {
    await other.invalidatePattern("*:all");
    return "written";
  });
  expect(await cache.get(row, undefined)).toBe("loaded");
});
