import { describe, expect, test } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ row: () => [] });

/** Trust time of a held copy, and time for which a reply is held: 10 seconds. */
const TRUST_MS = 10_000;

/** A process that holds copies and whose replies can be held, and another one over the same store. */
function setup() {
  const { clock, cache, other, requests, holdRequest, holdReply } = unreliableFleet({
    storeTimeout: "1 minute",
  });
  const database: { value: string | Promise<string> } = { value: "old" };
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "1 hour",
    l1: { revalidateAfter: "10 seconds" },
    load: () => database.value,
  });
  const change = async () => {
    database.value = "new";
    await other.invalidate([tags.row()]);
  };
  return { clock, cache, other, row, database, requests, change, holdRequest, holdReply };
}

test.each([
  ["not from its reply", 0],
  ["also when the clock was set back during it", TRUST_MS],
])("trust counts from before the look, %s", async (_, setBackMs) => {
  const { clock, cache, other, row, holdReply, change } = setup();
  await other.get(row, undefined);
  const look = holdReply("mget");
  const slow = cache.get(row, undefined);
  await look.reached;
  await change();
  await clock.advance(TRUST_MS);
  clock.jump(-setBackMs);
  look.release();
  expect(await slow).toBe("old");
  expect(await cache.get(row, undefined)).toBe("new");
});

test("trust counts from before the look that validates a held entry, not from its reply", async () => {
  const { clock, cache, row, holdReply, change } = setup();
  await cache.get(row, undefined);
  await clock.advance(TRUST_MS);
  const look = holdReply("mget");
  const slow = cache.get(row, undefined);
  await look.reached;
  await change();
  await clock.advance(TRUST_MS);
  look.release();
  expect(await slow).toBe("old");
  expect(await cache.get(row, undefined)).toBe("new");
});

test("trust counts from before the commit, not from its reply", async () => {
  const { clock, cache, row, holdReply, change } = setup();
  const commit = holdReply("commit");
  const slow = cache.get(row, undefined);
  await commit.reached;
  await change();
  await clock.advance(TRUST_MS);
  commit.release();
  expect(await slow).toBe("old");
  expect(await cache.get(row, undefined)).toBe("new");
});

test("an entry that a waiting read got from another process is validated before it is served again", async () => {
  const { clock, cache, other, row, database, holdReply, change } = setup();
  const loading = Promise.withResolvers<string>();
  database.value = loading.promise;
  const leader = other.get(row, undefined);
  await clock.advance(0);
  const waiting = cache.get(row, undefined);
  await clock.advance(0);
  loading.resolve("old");
  await leader;
  const look = holdReply("mget");
  await clock.advance(1_000);
  await look.reached;
  await change();
  await clock.advance(TRUST_MS);
  look.release();
  expect(await waiting).toBe("old");
  expect(await cache.get(row, undefined)).toBe("new");
});

const WITHDRAWN = {
  invalidate: ({ cache }: Setup) => cache.invalidate([tags.row()]),
  delete: ({ cache, row }: Setup) => cache.invalidate(row, undefined),
};
type Setup = ReturnType<typeof setup>;

describe.for(Object.entries(WITHDRAWN))("while %s is on its way", ([, withdraw]) => {
  test("a held entry is no longer trusted", async () => {
    const parts = setup();
    const { cache, row, database, holdReply } = parts;
    await cache.get(row, undefined);
    database.value = "new";
    const reply = holdReply("delete");
    const withdrawing = withdraw(parts);
    await reply.reached;
    expect(await cache.get(row, undefined)).toBe("new");
    reply.release();
    await withdrawing;
  });

  test("an entry that is being validated is not trusted once the invalidation has arrived", async () => {
    const parts = setup();
    const { cache, row, database, holdRequest } = parts;
    await cache.get(row, undefined);
    database.value = "new";
    const request = holdRequest("delete");
    const withdrawing = withdraw(parts);
    await request.reached;
    expect(await cache.get(row, undefined)).toBe("old");
    request.release();
    await withdrawing;
    expect(await cache.get(row, undefined)).toBe("new");
  });

  test("an entry that was looked up before is not trusted", async () => {
    const parts = setup();
    const { cache, other, row, database, holdReply } = parts;
    await other.get(row, undefined);
    const look = holdReply("mget");
    const before = cache.get(row, undefined);
    await look.reached;
    database.value = "new";
    await withdraw(parts);
    look.release();
    expect(await before).toBe("old");
    expect(await cache.get(row, undefined)).toBe("new");
  });
});

test("when a held entry is invalid, the reply to the lease request brings the entry that another process has stored", async () => {
  const { clock, cache, other, row, requests, change } = setup();
  await cache.get(row, undefined);
  await change();
  await other.get(row, undefined);
  await clock.advance(TRUST_MS);
  requests.length = 0;
  expect(await cache.get(row, undefined)).toBe("new");
  expect(requests).toEqual(["mget", "lease"]);
});

test("an entry is not trusted again when a clock that was set back has caught up", async () => {
  const { clock, cache, row, change } = setup();
  await cache.get(row, undefined);
  clock.jump(-60_000);
  await clock.advance(60_001);
  await change();
  expect(await cache.get(row, undefined)).toBe("new");
});

test("a process that was frozen trusts no entry from before", async () => {
  const { clock, cache, row, change } = setup();
  await cache.get(row, undefined);
  await change();
  clock.jump(TRUST_MS);
  expect(await cache.get(row, undefined)).toBe("new");
});
