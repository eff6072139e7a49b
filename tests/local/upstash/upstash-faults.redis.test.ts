import { HttpError } from "@algoitny/local/upstash/start-upstash";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterEach(() => upstash.intercept());
afterAll(() => upstash.close());

test("while Redis is stopped connections break, and they work again once it has started", async () => {
  const redis = upstash.client();
  await redis.set("before", "x");
  const script = redis.createScript<string>("return redis.call('ECHO', 'ran')");
  await script.exec([], []);

  await upstash.redis.stop();
  await expect(redis.get("before")).rejects.toThrow("fetch failed");
  await expect(redis.pipeline().get("a").get("b").exec()).rejects.toThrow("fetch failed");
  await expect(redis.multi().get("a").exec()).rejects.toThrow("fetch failed");
  await upstash.redis.stop();

  await upstash.redis.start();
  await upstash.redis.start();
  expect(await redis.set("after", "y")).toBe("OK");
  expect(await redis.get("after")).toBe("y");
  expect(await script.exec([], [])).toBe("ran");
});

test("commands that are under way when Redis stops break too", async () => {
  const redis = upstash.client();
  const running = Array.from({ length: 50 }, (_, i) => redis.set("k", String(i)));
  await Promise.all([upstash.redis.stop(), ...running.map((run) => run.catch(() => {}))]);
  await upstash.redis.start();
  expect(await redis.set("k", "x")).toBe("OK");
});

test("a fault can break the connection after the command was executed", async () => {
  const redis = upstash.client();
  upstash.intercept(async (_, run) => {
    await run();
    throw new Error("the answer is lost");
  });
  await expect(redis.set("lost", "written")).rejects.toThrow("fetch failed");
  upstash.intercept();
  expect(await redis.get("lost")).toBe("written");
});

test("a fault can answer with an HTTP error instead of executing the command", async () => {
  upstash.intercept(async () => {
    throw new HttpError(503, "ERR no healthy upstream");
  });
  const redis = upstash.client();
  await expect(redis.set("refused", "x")).rejects.toThrow("ERR no healthy upstream");
  upstash.intercept();
  expect(await redis.get("refused")).toBeNull();
});

test("a fault can delay a request, and sees its commands", async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  upstash.intercept(async (commands, run) => {
    seen.push(commands);
    await held;
    return await run();
  });
  const redis = upstash.client();
  const pipeline = redis.pipeline().set("slow", "1").get("slow").exec();
  const timedOut = upstash.client({ signal: () => AbortSignal.timeout(20) }).get("slow");
  await expect(timedOut).rejects.toThrow(/timeout/i);
  release();
  expect(await pipeline).toEqual(["OK", "1"]);
  expect(seen).toContainEqual([
    ["set", "slow", "1"],
    ["get", "slow"],
  ]);
});
