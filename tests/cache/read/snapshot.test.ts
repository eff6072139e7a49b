import { expect, test } from "vitest";
import {
  defineResource,
  defineTags,
  keyOf,
  type ResourceOptions,
  throttled,
} from "@algoitny/cache";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ account: (id: number) => [id] });

/** Two accounts with transfers between them: their sum never changes. */
function setup(options: Partial<ResourceOptions<{ id: number }, number, void>> = {}) {
  const fleet = unreliableFleet();
  const balances = new Map([
    [1, 100],
    [2, 0],
  ]);
  let meanwhile: (id: number) => Promise<void> = async () => undefined;
  const account = defineResource({
    name: "account",
    key: ({ id }: { id: number }) => keyOf({ id }),
    tags: ({ id }) => [tags.account(id)],
    ttl: "1 hour",
    ...options,
    load: async ({ id }) => {
      const balance = balances.get(id) ?? 0;
      await meanwhile(id);
      return balance;
    },
  });
  const move = async (amount: number) => {
    balances.set(1, (balances.get(1) ?? 0) - amount);
    balances.set(2, (balances.get(2) ?? 0) + amount);
    await fleet.other.invalidate([tags.account(1), tags.account(2)]);
  };
  const disturb = (run: typeof meanwhile) => (meanwhile = run);
  return { ...fleet, account, move, disturb };
}

const BOTH = [{ id: 1 }, { id: 2 }];

test("a snapshot of hits is one request", async () => {
  const { cache, account, requests } = setup();
  await cache.getMany(account, BOTH);
  requests.length = 0;
  expect(await cache.getMany(account, BOTH, { snapshot: true })).toEqual([100, 0]);
  expect(requests).toEqual(["mget"]);
});

test("a write between the hit of one entry and the load of another does not tear a snapshot", async () => {
  const { cache, account, move, disturb } = setup();
  await cache.get(account, { id: 1 });
  let moves = 1;
  disturb(async (id) => {
    if (id === 2 && moves-- > 0) await move(30);
  });
  expect(await cache.getMany(account, BOTH, { snapshot: true })).toEqual([70, 30]);
});

test("an entry that survived the invalidation of its throttled tag does not tear a snapshot", async () => {
  const { cache, account, move } = setup({
    tags: ({ id }) => [throttled(tags.account(id), "10 seconds")],
  });
  await cache.get(account, { id: 1 });
  await move(30);
  expect(await cache.getMany(account, BOTH)).toEqual([100, 30]);
  expect(await cache.getMany(account, BOTH, { snapshot: true })).toEqual([70, 30]);
});

test("entries that keep changing make a snapshot fail with the reason", async () => {
  const { cache, account, move, disturb } = setup();
  disturb(() => move(1));
  await expect(cache.getMany(account, BOTH, { snapshot: true })).rejects.toMatchObject({
    code: "store_failed",
    message: expect.stringContaining("no snapshot"),
  });
});

test("a snapshot fails without the store", async () => {
  const { cache, account, turn } = setup();
  turn("refused");
  await expect(cache.getMany(account, BOTH, { snapshot: true })).rejects.toThrow("no snapshot");
});

test("a snapshot does not use copies that the process trusts: each may be of another moment", async () => {
  const { cache, account, move } = setup({ l1: { revalidateAfter: "1 minute" } });
  await cache.get(account, { id: 1 });
  await move(30);
  await cache.get(account, { id: 2 });
  expect(await cache.getMany(account, BOTH)).toEqual([100, 30]);
  expect(await cache.getMany(account, BOTH, { snapshot: true })).toEqual([70, 30]);
});
