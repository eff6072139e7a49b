import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnBound } from "@algoitny/local/child-process";
import { connect as connectRedis } from "@algoitny/local/redis/client";
import { type Command, RedisError } from "@algoitny/local/redis/reply";
import { redisServerVersion } from "@algoitny/local/redis/redis-server";
import { connect } from "@algoitny/ops/smoke/smoke-api";
import { checks } from "@algoitny/ops/smoke/checks";
import { runChecks } from "@algoitny/ops/smoke/run-checks";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { cost, type Person, startWorld, type World } from "../support/people.ts";

const hasServer = (await redisServerVersion()) !== undefined;

/** Reasons for which Redis refuses writes while it answers reads, each with its end. */
const REFUSALS: Record<string, { begin: Command[]; end: Command[] }> = {
  "is full": {
    begin: [["CONFIG", "SET", "maxmemory", "1"]],
    end: [["CONFIG", "SET", "maxmemory", "0"]],
  },
  "has a token that may only read": {
    begin: [["ACL", "SETUSER", "app", "-@write"]],
    end: [["ACL", "SETUSER", "app", "+@all"]],
  },
  "is a replica": {
    begin: [["REPLICAOF", "127.0.0.1", "1"]],
    end: [["REPLICAOF", "NO", "ONE"]],
  },
  "could not save to its disk": {
    begin: [["CONFIG", "SET", "save", "3600 1000000"]],
    end: [["CONFIG", "SET", "save", ""]],
  },
  "lacks the replicas that it must write to": {
    begin: [["CONFIG", "SET", "min-replicas-to-write", "1"]],
    end: [["CONFIG", "SET", "min-replicas-to-write", "0"]],
  },
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}

/**
 * A redis-server with a user for the cloud and a connection with all rights. Its folder is gone and its last save
 * failed, which matters as soon as it has to save.
 */
async function startRedisServer() {
  const address = `127.0.0.1:${await freePort()}`;
  const [, port = ""] = address.split(":");
  const policy = ["--maxmemory-policy", "noeviction"];
  const folder = await mkdtemp(join(tmpdir(), "redis-"));
  const options = ["--port", port, "--save", "", "--dir", folder, ...policy];
  const server = spawnBound("redis-server", options);
  const admin = await connectRedis({ url: `redis://${address}` }, server.running);
  await rm(folder, { recursive: true });
  await admin.call(["BGSAVE"]);
  const lastSave = async () => String(await admin.call(["INFO", "persistence"]));
  const failed = "rdb_last_bgsave_status:err";
  await vi.waitFor(async () => expect(await lastSave()).toContain(failed), { timeout: 30_000 });
  await admin.call(["ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all"]);
  return {
    url: `redis://app:secret@${address}`,
    async run(commands: readonly Command[]) {
      for (const command of commands) expect(String(await admin.call(command))).toBe("OK");
    },
    async [Symbol.asyncDispose]() {
      await admin.close();
      await server.kill();
    },
  };
}

/** Error replies of Redis, and of Upstash at one of its limits. */
const REPLIES = [
  "OOM command not allowed when used memory > 'maxmemory'.",
  "ERR max daily request limit exceeded. Limit: 10000, Usage: 10000.",
];

const readiness = async (world: World) => {
  const response = await world.call("/api/health/ready/");
  return [response.status, await response.json()];
};

const READY = [200, { status: "ok", checks: { redis: "ok", dynamodb: "ok" } }];
const DEGRADED = [
  200,
  { status: "degraded", checks: { redis: "Redis refuses writes", dynamodb: "ok" } },
];

async function expectDegraded(world: World): Promise<void> {
  expect(await readiness(world)).toEqual(DEGRADED);
  const [first] = await runChecks(checks, connect(world.url, world.admin.token), () => {});
  expect(first).toMatchObject({ result: "failed", why: "redis: Redis refuses writes" });
}

describe.skipIf(!hasServer)("a redis-server that answers reads and", () => {
  let server: Awaited<ReturnType<typeof startRedisServer>>;
  let world: World;
  beforeAll(async () => {
    server = await startRedisServer();
    world = await startWorld({ redis: { url: server.url }, instances: 2 });
  });
  afterAll(async () => {
    await world.close();
    await server[Symbol.asyncDispose]();
  });

  test.each(Object.entries(REFUSALS))(
    "%s is degraded: the API serves from the database, the smoke test fails",
    async (_, { begin, end }) => {
      const { id } = await world.createProblem();
      await expect.poll(() => readiness(world), { timeout: 20_000 }).toEqual(READY);

      await server.run(begin);
      await expectDegraded(world);
      expect(await world.get(`/api/problems/${id}/`)).toMatchObject({ id });

      await server.run(end);
      expect(await readiness(world)).toEqual(READY);
    },
  );

  describe("is full: the API", () => {
    const { begin, end } = REFUSALS["is full"] as (typeof REFUSALS)[string];
    const show = async (path: string, instance: number) => {
      const response = await world.call(path, inProcess(instance));
      return { cache: cost(response).cache, text: await response.text() };
    };
    const patch = (path: string, as: Person, body: object) =>
      world.call(path, {
        method: "PATCH",
        as: as.token,
        body: JSON.stringify(body),
        ...inProcess(0),
      });
    /** A request that is a hit in both processes. */
    async function warmed(path: string) {
      await world.streams.drained();
      for (const instance of [0, 1]) await show(path, instance);
      for (const instance of [0, 1]) expect((await show(path, instance)).cache).toBe("hit");
      return path;
    }

    test("answers a write that hides something with a 503 and writes nothing; once there is memory, no process shows what was hidden", async () => {
      const { id } = await world.createProblem();
      const row = await world.record(world.ann, id, { is_code_public: true, code: "secret()" });
      const path = await warmed(`/api/history/${row.id}/`);

      await server.run(begin);
      const refused = await patch(path, world.ann, { is_code_public: false });
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await refused.json()).toMatchObject({
        error: expect.stringContaining("nothing was changed"),
      });
      const own = await world.get(path, world.ann);
      expect(own).toMatchObject({ is_code_public: true });

      await server.run(end);
      expect((await patch(path, world.ann, { is_code_public: false })).status).toBe(200);
      for (const instance of [0, 1, 0, 1])
        expect((await show(path, instance)).text).not.toContain("secret()");
    });

    test.each([
      ["a draft", "PATCH", { is_completed: false }],
      ["deleted", "DELETE", undefined],
    ])("makes no problem %s", async (_, method, body) => {
      const { id, title } = await world.createProblem();
      const path = await warmed(`/api/problems/${id}/`);
      await server.run(begin);
      const init = { method, as: world.admin.token, ...inProcess(0) };
      const write = () =>
        world.call(path, { ...init, ...(body && { body: JSON.stringify(body) }) });
      expect((await write()).status).toBe(503);
      expect((await show(path, 1)).text).toContain(title);
      await server.run(end);
      expect((await write()).status).toBe(200);
      for (const instance of [0, 1, 0, 1])
        expect((await show(path, instance)).text).not.toContain(title);
    });

    test("accepts a write that hides nothing, and no process shows the state from before it", async () => {
      const { id } = await world.createProblem({ title: "Before" });
      const path = await warmed(`/api/problems/${id}/`);
      await server.run(begin);
      expect((await patch(path, world.admin, { title: "After" })).status).toBe(200);
      for (const instance of [0, 1, 0, 1])
        expect(JSON.parse((await show(path, instance)).text)).toMatchObject({ title: "After" });
      await server.run(end);
    });
  });
});

const inProcess = (instance: number) => ({
  headers: { "x-local-instance": String(instance) },
});

test.each(REPLIES)(
  "a Redis that answers a write with %j is reported as degraded, not as down",
  async (reply) => {
    let refuses = false;
    const intercept: NonNullable<Parameters<typeof startWorld>[0]>["intercept"] = async (
      commands,
      run,
    ) =>
      refuses && String(commands[0]?.[0]).toUpperCase() === "EVAL"
        ? [new RedisError(reply)]
        : run();
    await using world = await startWorld({ intercept });
    await expect.poll(() => readiness(world), { timeout: 20_000 }).toEqual(READY);
    refuses = true;
    await expectDegraded(world);
  },
);
