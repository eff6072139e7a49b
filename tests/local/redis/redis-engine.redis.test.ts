import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { RedisDown, RedisError } from "@algoitny/local/redis/reply";
import { startRedis } from "@algoitny/local/redis/start-redis";
import { afterEach, expect, test, vi } from "vitest";
import { testRedis } from "../../support/test-upstash.ts";

const ENGINE = process.env["REDIS_ENGINE"] === "server" ? "server" : "embedded";

/** The machine may be busy. */
const WAIT = { timeout: 20_000 };

afterEach(() => {
  vi.unstubAllEnvs();
});

test("replies are buffers, integers, nulls, arrays and errors", async () => {
  await using redis = await testRedis();
  const bytes = Buffer.from([0, 255, 13, 10]);
  expect(await redis.call(["SET", "bytes", bytes])).toEqual(Buffer.from("OK"));
  expect(await redis.call(["MGET", "bytes", "absent"])).toEqual([bytes, null]);
  expect(await redis.call(["STRLEN", "bytes"])).toBe(4);
  expect(await redis.call(["GET"])).toEqual(
    new RedisError("ERR wrong number of arguments for 'get' command"),
  );
});

test("two engines of one process share nothing", async () => {
  await using one = await startRedis({ engine: ENGINE });
  await using other = await startRedis({ engine: ENGINE });
  await one.call(["SET", "k", "one"]);
  expect(await other.call(["GET", "k"])).toBeNull();
  const heard = vi.fn<() => void>();
  await other.subscribe({ kind: "subscribe", channels: ["c"], onMessage: heard, onEnd: () => {} });
  expect(await one.call(["PUBLISH", "c", "x"])).toBe(0);
  expect(await other.call(["PUBLISH", "c", "x"])).toBe(1);
  await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce());
});

test("an outage loses the data; only a server with a data folder keeps it", async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), "redis-data-"));
  try {
    await using forgetful = await startRedis({ engine: ENGINE });
    await using keeping = await startRedis({ engine: ENGINE, dataDir });
    for (const redis of [forgetful, keeping]) {
      await redis.call(["SET", "k", "v"]);
      await redis.stop();
      await expect(redis.call(["GET", "k"])).rejects.toThrow(RedisDown);
      await redis.start();
    }
    expect(await forgetful.call(["GET", "k"])).toBeNull();
    expect(await keeping.call(["GET", "k"])).toEqual(ENGINE === "server" ? Buffer.from("v") : null);
  } finally {
    await rm(dataDir, { recursive: true });
  }
});

test.runIf(ENGINE === "server")(
  "a server that ends by itself is reported with the command that starts it again, and ends with the cloud",
  async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), "redis-data-"));
    const log = vi.fn<(text: string) => void>();
    await using redis = await startRedis({ engine: ENGINE, dataDir, log });
    await redis.call(["SET", "k", "v"]);
    await expect(redis.call(["SHUTDOWN"])).rejects.toThrow(RedisDown);
    await vi.waitFor(() => expect(log).toHaveBeenCalledOnce(), WAIT);
    const command = log.mock.lastCall?.[0].replace(/^redis-server has ended; start it again: /, "");
    await using again = killedAtEnd(spawn("/bin/sh", ["-c", `exec ${command}`]));
    await vi.waitFor(
      async () => expect(await redis.call(["GET", "k"])).toEqual(Buffer.from("v")),
      WAIT,
    );
    await vi.waitFor(
      () => expect(log.mock.calls).toEqual([[expect.any(String)], ["redis-server answers again"]]),
      WAIT,
    );
    // The server that a user has started is reported too.
    again.child.kill("SIGKILL");
    await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(3), WAIT);
    expect(log.mock.lastCall).toEqual(log.mock.calls[0]);
    await using third = killedAtEnd(spawn("/bin/sh", ["-c", `exec ${command}`]));
    await vi.waitFor(
      async () => expect(await redis.call(["GET", "k"])).toEqual(Buffer.from("v")),
      WAIT,
    );
    expect(third.child.exitCode).toBeNull();
    const ended = once(third.child, "exit");
    await redis.close();
    await ended;
    await rm(dataDir, { recursive: true });
  },
);

test("without redis-server the embedded engine is used, unless the server was requested", async () => {
  vi.stubEnv("PATH", "/nowhere");
  await using redis = await startRedis();
  expect(redis.name).toBe("embedded Redis");
  await expect(startRedis({ engine: "server" })).rejects.toThrow(
    /redis-server is not on PATH: install it .+ --redis embedded, .+ REDIS_URL/,
  );
});

test("the error for an unreachable address names the address, without its password", async () => {
  const nothing = startRedis({ url: "redis://user:secret@127.0.0.1:1" });
  await expect(nothing).rejects.toThrow("no Redis answers at 127.0.0.1:1: check REDIS_URL");
});

function killedAtEnd(child: ChildProcess) {
  return {
    child,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}
