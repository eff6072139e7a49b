import { expect, test, vi } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ row: () => [] });

function setup() {
  const fleet = unreliableFleet({ storeTimeout: "1 minute" });
  const database: { value: string | Promise<string> } = { value: "old" };
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "1 hour",
    load: () => database.value,
  });
  return { ...fleet, database, row };
}

test("a change does not write when the store refuses its announcement", async () => {
  const { cache, turn } = setup();
  const write = vi.fn();
  turn("refused");
  await expect(cache.change([tags.row()], write)).rejects.toMatchObject({
    code: "invalidation_failed",
    message: expect.stringContaining("nothing was written"),
  });
  expect(write).not.toHaveBeenCalled();
});

test("no read after a change gets the value from before it", async () => {
  const { cache, other, database, row } = setup();
  expect(await other.get(row, undefined)).toBe("old");
  const written = await cache.change([tags.row()], () => {
    database.value = "new";
    return "done";
  });
  expect(written).toBe("done");
  expect(await other.get(row, undefined)).toBe("new");
});

test("a load that began before the write of a change does not store its value", async () => {
  const { cache, other, database, row } = setup();
  const slow = Promise.withResolvers<string>();
  await cache.change([tags.row()], async () => {
    database.value = slow.promise;
    const reading = other.get(row, undefined);
    await vi.waitFor(() => expect(database.value).toBe(slow.promise));
    slow.resolve("old");
    expect(await reading).toBe("old");
    database.value = "new";
  });
  expect(await cache.get(row, undefined)).toBe("new");
  expect(await other.get(row, undefined)).toBe("new");
});

test("a process that dies after its write leaves no old value behind, and values are stored again when the hold has ended", async () => {
  const { cache, other, clock, database, row, turn } = setup();
  await other.get(row, undefined);
  await cache.change([tags.row()], async () => {
    await other.get(row, undefined);
    database.value = "new";
    turn("refused");
  });
  expect(await other.get(row, undefined)).toBe("new");
  expect((await other.getEntry(row, undefined)).detail).toBe("fill-refused");
  await clock.advance(25_000);
  await other.get(row, undefined);
  expect((await other.getEntry(row, undefined)).status).toBe("hit");
});

test("an entry that a process validates while it announces a change is not trusted after the write", async () => {
  const { cache, database, row, holdRequest } = setup();
  const held = { ...row, name: "held", l1TrustMs: 60_000 };
  await cache.get(held, undefined);
  const request = holdRequest("begin");
  const written = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<void>();
  const changing = cache.change([tags.row()], () => {
    database.value = "new";
    written.resolve();
    return ending.promise;
  });
  await request.reached;
  expect(await cache.get(held, undefined)).toBe("old");
  request.release();
  await written.promise;
  // This read is outside the write, whose own reads never trust held copies.
  expect(await cache.get(held, undefined)).toBe("new");
  ending.resolve();
  await changing;
});

test("a write that fails ends its change, and the caller gets its error", async () => {
  const { cache, other, row } = setup();
  const failing = cache.change([tags.row()], () => Promise.reject(new Error("no such row")));
  await expect(failing).rejects.toThrow("no such row");
  await other.get(row, undefined);
  expect((await other.getEntry(row, undefined)).status).toBe("hit");
});

test("a write that takes longer than 10 seconds is aborted", async () => {
  const { cache, clock } = setup();
  let signal: AbortSignal | undefined;
  const changing = cache.change([tags.row()], (given) => {
    signal = given;
    return new Promise(() => undefined);
  });
  const settled = expect(changing).rejects.toMatchObject({ code: "write_timeout" });
  await clock.advance(10_000);
  await settled;
  expect(signal?.aborted).toBe(true);
});

test("a process that was frozen while it announced a change does not write once its hold has ended", async () => {
  const { cache, clock, holdReply } = setup();
  const write = vi.fn();
  const reply = holdReply("begin");
  const changing = cache.change([tags.row()], write);
  await reply.reached;
  clock.jump(30_000);
  reply.release();
  await expect(changing).rejects.toMatchObject({ code: "invalidation_failed" });
  expect(write).not.toHaveBeenCalled();
});

test("a hold lasts as long as the longest write, the longest lease and the replication lag together", async () => {
  const { cache, other, clock, row, turn } = setup();
  await cache.change([tags.row()], () => turn("refused"));
  await clock.advance(24_999);
  expect((await other.getEntry(row, undefined)).detail).toBe("fill-refused");
  await clock.advance(1);
  expect((await other.getEntry(row, undefined)).stored).toBe(true);
});
