import { describe, expect, test, vi } from "vitest";
import { holdLoads } from "../../support/held-loads.ts";
import { type Answer, answering, cachedHandlers, eventOf } from "../../support/http.ts";

const MINUTE_MS = 60_000;
const DOWN = { statusCode: 503, body: "down" };
const BROKEN = new Error("down");

describe("a response past its lifetime", () => {
  test("is loaded again without `staleWhileRevalidate`, even if that load fails", async () => {
    const { ask, clock } = answering({}, { body: "old" }, { statusCode: 503, body: "down" });
    await ask();
    clock.jump(5 * MINUTE_MS);
    expect(await ask()).toMatchObject({ statusCode: 503, body: "down" });
  });

  test("is refreshed once for many requests, and all others are answered without waiting", async () => {
    const { wrap, clock } = cachedHandlers({ staleWhileRevalidate: "1 minute" });
    const { load: handler, loads: answers } = holdLoads<string>();
    answers(0).resolve("old");
    const get = wrap(handler);
    await get(eventOf("/a"), {});
    clock.jump(5 * MINUTE_MS + 30_000);

    const refreshing = get(eventOf("/a"), {});
    await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(2));
    const others = await Promise.all(Array.from({ length: 10 }, () => get(eventOf("/a"), {})));
    for (const other of others) {
      expect(other).toMatchObject({ statusCode: 200, body: "old", headers: { age: "330" } });
      expect(other.headers["cache-status"]).toBe("cache; hit; ttl=-30; detail=refreshing");
    }
    answers(1).resolve("new");
    expect((await refreshing).body).toBe("new");
    expect((await get(eventOf("/a"), {})).body).toBe("new");
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test.each<[what: string, failure: Answer, afterwards: object]>([
    ["answers a 5xx", DOWN, DOWN],
    ["throws", BROKEN, { thrown: BROKEN }],
  ])(
    "is served when the handler %s, within its `staleWhileRevalidate` only",
    async (_, failure, afterwards) => {
      const { ask, clock } = answering(
        { staleWhileRevalidate: "1 minute" },
        { body: "old" },
        failure,
      );
      await ask();
      clock.jump(5 * MINUTE_MS);
      const standIn = await ask();
      expect(standIn).toMatchObject({ statusCode: 200, body: "old" });
      expect(standIn.headers["cache-status"]).toBe("cache; fwd=stale; ttl=-1; detail=load-failed");
      clock.jump(MINUTE_MS);
      expect(await ask().catch((thrown: unknown) => ({ thrown }))).toMatchObject(afterwards);
    },
  );

  test.each([404, 410])(
    "is removed by a %i at once, and never served again",
    async (statusCode) => {
      const gone = { statusCode, body: "gone" };
      const { ask, clock } = answering(
        { staleWhileRevalidate: "1 minute" },
        { body: "old" },
        gone,
        DOWN,
      );
      await ask();
      clock.jump(5 * MINUTE_MS);
      expect(await ask()).toMatchObject(gone);
      expect(await ask()).toMatchObject(DOWN);
    },
  );

  test("is replaced by a 404 that is cached", async () => {
    const options = { staleWhileRevalidate: "1 minute", negativeTtl: "10 seconds" } as const;
    const { ask, clock, handler } = answering(
      options,
      { body: "old" },
      { statusCode: 404, body: "gone" },
    );
    await ask();
    clock.jump(5 * MINUTE_MS);
    for (const _ of ["filled", "hit"])
      expect(await ask()).toMatchObject({ statusCode: 404, body: "gone" });
    expect(handler).toHaveBeenCalledTimes(2);
  });
});

describe("a 404", () => {
  const gone = {
    statusCode: 404,
    headers: { "content-type": "application/json" },
    body: '{"error":"gone"}',
  };

  test("is cached whole for `negativeTtl`, and no longer", async () => {
    const { ask, clock, handler } = answering({ negativeTtl: "10 seconds" }, gone, {
      body: "back",
    });
    await ask();
    clock.jump(9_999);
    const hit = await ask();
    expect(hit).toMatchObject({ ...gone, headers: gone.headers });
    expect(hit.headers["cache-status"]).toBe("cache; hit; ttl=1");
    expect(hit.headers).not.toHaveProperty("etag");
    expect(handler).toHaveBeenCalledTimes(1);
    clock.jump(1);
    expect(await ask()).toMatchObject({ statusCode: 200, body: "back" });
  });

  test("with a body over 8 KiB is not cached", async () => {
    const large = { statusCode: 404, body: "x".repeat(8_193) };
    const { ask, handler } = answering({ negativeTtl: "10 seconds" }, large);
    await ask();
    expect((await ask()).headers["cache-status"]).toBe("cache; fwd=miss; detail=too-large");
    expect(handler).toHaveBeenCalledTimes(2);
  });
});

test("requests that join a failing load get its failure, and the next request loads again", async () => {
  const { ask, handler } = answering({}, { statusCode: 500, body: "down" });
  const responses = await Promise.all([ask(), ask(), ask(), ask()]);
  expect(responses.map(({ statusCode }) => statusCode)).toEqual([500, 500, 500, 500]);
  const calls = handler.mock.calls.length;
  await ask();
  expect(handler).toHaveBeenCalledTimes(calls + 1);
});
