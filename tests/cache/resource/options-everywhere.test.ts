import { expect, test, vi } from "vitest";
import { z } from "zod";
import {
  Cache,
  cacheMethod,
  cacheQuery,
  defineResource,
  defineTags,
  MemoryStore,
  parseTag,
  type RefreshTask,
  type VerifyTask,
} from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

const idle = new Cache({ store: new MemoryStore() });
const load = () => 1;

const MAKERS = {
  resource: (options: object) => defineResource({ name: "a", ttl: "1 hour", load, ...options }),
  function: (options: object) =>
    cacheQuery({ cache: idle, name: "a", ttl: "1 hour", ...options }, load),
  method: (options: object) => cacheMethod({ cache: idle, name: "a", ttl: "1 hour", ...options }),
  key: (options: object) => idle.getOrSet("a", load, { ttl: "1 hour", ...options }),
};
type Maker = keyof typeof MAKERS;

/** An example value of every option, and the definitions that accept it. */
const OPTIONS: Readonly<Record<string, readonly [value: unknown, ...where: readonly Maker[]]>> = {
  ...Object.fromEntries(
    Object.entries({
      ttl: "1 minute",
      staleWhileRevalidate: "1 hour",
      staleIfError: "1 hour",
      negativeTtl: false,
      jitter: 0,
      version: 2,
      consistency: "eventual",
      l1: { share: true },
      compression: false,
      hardTimeout: "1 second",
      isNotFound: () => false,
      mode: "shadow",
      ramp: 50,
      tags: [],
      schema: z.number(),
      serializer: JSON,
    }).map(([name, value]) => [name, [value, "resource", "function", "method", "key"]]),
  ),
  name: ["b", "resource", "function", "method"],
  key: [() => "b", "resource", "function", "method"],
  loadMany: [() => [1], "resource", "function"],
  verify: [false, "resource", "function"],
  enqueueRefresh: [false, "resource", "function"],
};

test.for(Object.entries(OPTIONS))(
  "the option %s is accepted exactly where it has an effect",
  async ([name, [value, ...wanted]]) => {
    const refusals = Object.entries(MAKERS).map(async ([maker, make]) => {
      const refusal = await Promise.resolve()
        .then((): unknown => make({ [name]: value }))
        .then(() => "", String);
      return [maker, refusal];
    });
    const refused = (await Promise.all(refusals)).filter(([, refusal]) => refusal !== "");
    const where = Object.keys(MAKERS).filter((maker) => !wanted.includes(maker as Maker));
    expect(refused).toEqual(
      where.map((maker) => [maker, expect.stringContaining(`unknown option "${name}"`)]),
    );
  },
);

test("a schema checks and transforms the values of functions, methods and keys", async () => {
  const { cache } = fleet();
  const schema = z.object({ at: z.iso.datetime().transform((text) => new Date(text)) });
  const loadAt = vi.fn(async () => ({ at: "2026-11-29T00:00:00.000Z" }));
  const value = { at: new Date("2026-11-29") };
  const at = cacheQuery({ cache, name: "at", ttl: "1 hour", schema }, loadAt);
  const method = cacheMethod({ cache, name: "method", ttl: "1 hour", schema })(loadAt, {} as never);
  const key = () => cache.getOrSet("at", loadAt, { ttl: "1 hour", schema });
  for (const read of [at, method, key])
    expect([await read(), await read()]).toEqual([value, value]);
  expect(loadAt).toHaveBeenCalledTimes(3);
  const wrong = cache.getOrSet("wrong", async () => ({ at: "yesterday" }), {
    ttl: "1 hour",
    schema,
  });
  await expect(wrong).rejects.toMatchObject({ code: "value_invalid" });
});

test("a function's bulk load serves reads of many calls", async () => {
  const { cache } = fleet();
  const one = vi.fn((id: number) => id);
  const loadMany = vi.fn((calls: readonly [id: number][]) => calls.map(([id]) => 10 * id));
  const tenfold = cacheQuery({ cache, name: "tenfold", ttl: "1 hour", loadMany }, one);
  expect(await cache.getMany(tenfold.resource, [[1], [2]])).toEqual([10, 20]);
  expect(await tenfold(2)).toBe(20);
  expect(one).not.toHaveBeenCalled();
});

test("a cached function may leave refreshes to the queue, and a consumer that never called it runs the task", async () => {
  const tasks: RefreshTask[] = [];
  const { instance, clock } = fleet({
    enqueueRefresh: (task) => void tasks.push(structuredClone(task)),
  });
  let price = 10;
  const options = { ttl: "1 minute", staleWhileRevalidate: "1 hour", jitter: 0 } as const;
  const define = (name: string, more: { cache?: Cache; enqueueRefresh?: true } = {}) =>
    cacheQuery({ cache: instance(), name, ...options, ...more }, (sku: string) => sku + price);
  const [queued, own] = [define("queued", { enqueueRefresh: true }), define("own")];
  const consumer = instance();
  define("queued", { cache: consumer, enqueueRefresh: true });
  expect([await queued("a"), await own("a")]).toEqual(["a10", "a10"]);
  clock.jump(120_000);
  price = 12;
  expect([await queued("a"), await own("a")]).toEqual(["a10", "a12"]);
  expect(tasks).toMatchObject([{ resource: "queued", params: ["a"] }]);
  const runs = tasks.map((task) => consumer.runRefreshTask(task).catch(String));
  expect(await Promise.all(runs)).toEqual(["refreshed"]);
  expect(await queued("a")).toBe("a12");
});

test("hits of a function that leaves its refreshes to a queue are verified, unless it sets `verify: false`", async () => {
  const tasks: VerifyTask[] = [];
  const verify = { rate: 1, enqueue: (task: VerifyTask) => void tasks.push(task) };
  const { cache } = fleet({ verify, random: () => 0 });
  const options = { cache, ttl: "1 hour", enqueueRefresh: true } as const;
  const checked = cacheQuery({ ...options, name: "checked" }, () => 1);
  const unchecked = cacheQuery({ ...options, name: "unchecked", verify: false }, () => 1);
  for (const read of [checked, unchecked, checked, unchecked]) await read();
  expect(tasks.map(({ resource }) => resource)).toEqual(["checked"]);
});

const tags = defineTags({ prices: () => [] });

test('a function\'s tags may be a list, but tags `"reads"` are refused with a hint', async () => {
  const { cache } = fleet();
  let price = 10;
  const options = { cache, name: "price", ttl: "1 hour" } as const;
  const read = cacheQuery({ ...options, tags: [tags.prices()] }, () => price);
  await read();
  price = 12;
  await cache.invalidate(tags.prices());
  expect(await read()).toBe(12);
  const recorded = { ...options, tags: "reads" } as never;
  expect(() => cacheQuery(recorded, () => price)).toThrow(
    'definition_invalid: "price": tags "reads" need what defineResource hands to load: context.reads',
  );
});

test("a value of getOrSet may have the tags of what its load reads", async () => {
  const { cache } = fleet();
  let price = 10;
  const scope = { tag: parseTag("row:price"), words: "the price" };
  const read = () =>
    cache.getOrSet(
      "price",
      async ({ reads }) => {
        await reads?.before([[scope]]);
        return price;
      },
      { ttl: "1 hour", tags: "reads" },
    );
  await read();
  price = 12;
  expect(await read()).toBe(10);
  await cache.invalidate(scope.tag);
  expect(await read()).toBe(12);
});
