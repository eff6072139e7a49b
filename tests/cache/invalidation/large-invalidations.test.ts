import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import { createScriptedStore } from "@algoitny/cache/store";
import { TestStore } from "@algoitny/cache/testing";
import { fleet } from "../../support/test-cache.ts";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ row: (id: number) => [id] });

test("an invalidation of 10,000 tags that fails names ten of them", async () => {
  const { cache, turn } = unreliableFleet();
  turn("refused");
  const many = Array.from({ length: 10_000 }, (_, id) => tags.row(id));
  const error = await cache.invalidate(many).catch((failure: Error) => failure);
  expect(error).toMatchObject({ code: "invalidation_failed" });
  expect(String(error)).toContain("row:0, row:1, row:2");
  expect(String(error)).toContain("row:9 and 9990 more");
  expect(String(error).length).toBeLessThan(300);
});

test("135,000 keys are deleted in commands of 5,000", async () => {
  const sizes: number[] = [];
  const store = createScriptedStore({
    send: async (command) => {
      sizes.push(command.length - 1);
      return command.length - 1;
    },
  });
  const names = Array.from({ length: 135_000 }, (_, index) => `name:${index}`);
  expect(await store.delete(names)).toBe(135_000);
  expect(sizes).toEqual(Array.from({ length: 27 }, () => 5_000));
});

test("of more than 5,000 tags, the first 5,000 are deleted before the others are sent, and a failure ends the invalidation", async () => {
  const sent: string[][] = [];
  let [under, most] = [0, 0];
  let failsAt = Infinity;
  const store = createScriptedStore({
    send: async ([name = "", ...keys]) => {
      expect(name).toBe("DEL");
      sent.push([...keys]);
      most = Math.max(most, (under += 1));
      await setImmediate();
      under -= 1;
      if (sent.length === failsAt) throw new Error("no answer");
      return keys.length;
    },
  });
  // Their order is kept, so that the stamps of inputs are deleted before those of the entries derived from them.
  const names = Array.from({ length: 12_000 }, (_, index) => `name:${index}`);
  expect(await store.delete(names)).toBe(12_000);
  expect(sent.flat()).toEqual(names);
  expect(sent.map(({ length }) => length)).toEqual([5_000, 5_000, 2_000]);
  expect(most).toBe(1);

  sent.length = 0;
  failsAt = 2;
  await expect(store.delete(names)).rejects.toThrow("no answer");
  expect(sent).toHaveLength(2);
});

test("a pattern finds an entry that a lagging replica does not have yet", async () => {
  const { clock } = fleet();
  const store = new TestStore({ now: clock.now, lagMs: 60_000 });
  const { instance } = fleet({ clock, wrap: () => store, reads: "any" });
  let version = 0;
  const row = defineResource<{ page: number }, number>({
    name: "row",
    key: (params) => params,
    ttl: "1 hour",
    load: () => (version += 1),
  });
  const [one, other] = [instance(), instance()];
  expect(await one.get(row, { page: 1 })).toBe(1);
  expect((await other.invalidatePattern("*:1")).entries).toBe(1);
  await clock.advance(61_000);
  expect(await one.get(row, { page: 1 })).toBe(2);
});
