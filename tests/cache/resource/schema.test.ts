import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineResource } from "@algoitny/cache";
import { fleet, gate } from "../../support/test-cache.ts";
import { putText } from "../../support/put-text.ts";

const OLD = z.object({ id: z.number(), title: z.string() });
const NEW = OLD.extend({ language: z.string() });

/** A view in two releases of a program, with the same `version`. */
function setup() {
  const parts = fleet();
  const define = <T>(schema: z.ZodType<T>, make: (id: number) => T) => {
    const load = vi.fn(async ({ id }: { id: number }) => make(id));
    const loadMany = vi.fn(async (all: readonly { id: number }[]) => all.map(({ id }) => make(id)));
    const key = ({ id }: { id: number }) => ({ id });
    const options = { name: "book", key, schema, ttl: "1 hour", load, loadMany };
    const resource = defineResource<{ id: number }, T>(options as never);
    return { resource, load, loadMany };
  };
  const before = define(OLD, (id) => ({ id, title: "Emma" }));
  const after = define(NEW, (id) => ({ id, title: "Emma", language: "en" }));
  return { ...parts, before, after };
}

describe("a stored value that does not fit the schema is a miss", () => {
  test("for one read: it is loaded again once, and stored", async () => {
    const { cache, before, after } = setup();
    await cache.get(before.resource, { id: 7 });
    const book = { id: 7, title: "Emma", language: "en" };
    expect(await cache.get(after.resource, { id: 7 })).toEqual(book);
    expect(await cache.get(after.resource, { id: 7 })).toEqual(book);
    expect(after.load).toHaveBeenCalledTimes(1);
  });

  test("for many: one bulk load has exactly those", async () => {
    const { cache, before, after } = setup();
    await cache.getMany(before.resource, [{ id: 1 }, { id: 2 }]);
    await cache.get(after.resource, { id: 3 });
    const books = await cache.getMany(after.resource, [{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(books).toEqual([1, 2, 3].map((id) => ({ id, title: "Emma", language: "en" })));
    expect(after.loadMany.mock.calls).toEqual([
      [[{ id: 1 }, { id: 2 }], undefined, expect.anything()],
    ]);
  });

  test("for a reader without the lease, too: it waits for a value that fits", async () => {
    const { clock, instance, before, after } = setup();
    await instance().get(before.resource, { id: 7 });
    const slow = gate<z.infer<typeof NEW>>();
    after.load.mockImplementation(() => slow.promise);
    const reads = [instance(), instance()].map((cache) => cache.get(after.resource, { id: 7 }));
    await clock.advance(50);
    slow.resolve({ id: 7, title: "Emma", language: "en" });
    await clock.advance(1_000);
    for (const book of await Promise.all(reads)) expect(book).toHaveProperty("language", "en");
    expect(after.load).toHaveBeenCalledTimes(1);
  });
});

test("every read gets the schema's output, the read that loads included", async () => {
  const { cache } = fleet();
  const schema = z.codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (date) => date.toISOString(),
  });
  const stamp = defineResource({
    name: "stamp",
    schema,
    ttl: "1 hour",
    load: () => "2026-11-25T00:00:00Z",
  });
  const date = new Date("2026-11-25T00:00:00Z");
  expect([await cache.get(stamp, undefined), await cache.get(stamp, undefined)]).toEqual([
    date,
    date,
  ]);
});

describe("a loaded value that does not fit its own schema is a failed load", () => {
  test("with the path and the reason, and is never served", async () => {
    const { cache } = fleet();
    const schema = z.object({ a: z.object({ b: z.string() }) });
    const load = vi.fn(() => ({ a: { b: 7 as unknown as string } }));
    const wrong = defineResource({ name: "wrong", schema, ttl: "1 hour", load });
    const failure = {
      code: "value_invalid",
      message: expect.stringMatching(
        /^value_invalid: resource "wrong": load returned what its schema refuses at "a\.b": .*string/,
      ),
    };
    await expect(cache.get(wrong)).rejects.toMatchObject(failure);
    expect(await cache.getMany(wrong, [undefined])).toMatchObject([failure]);
    expect((await cache.keys("*")).keys).toEqual([]);
  });

  test("that is answered with the old value where there is one", async () => {
    const { cache, clock } = fleet();
    const values: unknown[] = ["old", 7];
    const row = defineResource({
      name: "row",
      schema: z.string(),
      ttl: "1 minute",
      staleIfError: "1 hour",
      load: () => values.shift() as string,
    });
    expect(await cache.get(row)).toBe("old");
    clock.jump(120_000);
    expect(await cache.get(row)).toBe("old");
    expect(values).toEqual([]);
  });
});

test("a read that loads serves the value that the schema accepted, although the schema would refuse it a second time", async () => {
  const { cache } = fleet();
  const load = vi.fn(() => "value");
  let asked = 0;
  const validate = (value: unknown) =>
    ++asked === 2 ? { issues: [{ message: "not now" }] } : { value: value as string };
  const schema = { "~standard": { version: 1, vendor: "test", validate } } as const;
  const row = defineResource({ name: "row", schema, ttl: "1 hour", load });
  expect(await cache.get(row, undefined)).toBe("value");
  expect(load).toHaveBeenCalledTimes(1);
});

test("a body that was damaged in the store is a miss", async () => {
  const { cache, store } = fleet();
  const load = vi.fn(() => "x".repeat(5_000));
  const text = defineResource({ name: "text", ttl: "1 hour", load });
  await cache.get(text, undefined);
  const [entry] = (await store.mget(["cache:1:text:all"])) as [string];
  const spoilt = `${entry.slice(0, -12)}AAAAAAAAAAAA`;
  await putText(store, "cache:1:text:all", spoilt);
  expect((await cache.getEntry(text, undefined)).status).toBe("miss");
  expect(load).toHaveBeenCalledTimes(2);
  await putText(store, "cache:1:text:all", spoilt);
  expect(await cache.getMany(text, [undefined])).toEqual(["x".repeat(5_000)]);
  expect(load).toHaveBeenCalledTimes(3);
});
