import { setTimeout as delay } from "node:timers/promises";
import { createRedisStore } from "@algoitny/cache/redis";
import type { Store } from "@algoitny/cache/store";
import { testStore } from "@algoitny/cache/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CLIENTS,
  CLUSTER_CLIENTS,
  type Connect,
  type Connected,
  hasGlide,
} from "../../support/redis-clients.ts";
import {
  installedServers,
  type RedisProcess,
  SERVERS,
  startCluster,
  startRedisProcess,
  versionOf,
} from "../../support/redis-process.ts";

const withGlide = await hasGlide();

/** Every operation that the cache relies on, over one client. */
function suiteOver(name: string, connect: Connect, server: () => RedisProcess): void {
  describe.skipIf(name === "Valkey GLIDE" && !withGlide)(name, () => {
    let connected: Connected;
    let store: Store;
    beforeAll(async () => {
      connected = await connect(server().port);
      store = createRedisStore(connected.client);
      // Removes the scripts that earlier clients have loaded into the server.
      await connected.run("any", ["SCRIPT", "FLUSH"]);
    });
    afterAll(() => connected.close());
    const spoil = async (key: string) => {
      await connected.run(key, ["DEL", key]);
      await connected.run(key, ["LPUSH", key, "not a string"]);
    };
    testStore({ test: test.concurrent, expect }, () => ({ store, wait: delay, spoil }));
  });
}

test.for(SERVERS)("%s is installed: every client runs over it", (server, { skip }) => {
  const version = versionOf(server);
  skip(version === undefined, `${server} is not installed`);
  expect(version).toMatch(/^\d+\./);
});

for (const [server, version] of installedServers()) {
  describe(`${server} ${version}`, () => {
    let single: RedisProcess;
    beforeAll(async () => {
      single = await startRedisProcess(server);
    });
    afterAll(() => single[Symbol.asyncDispose]());
    for (const [name, connect] of Object.entries(CLIENTS)) suiteOver(name, connect, () => single);
  });

  describe(`a cluster of ${server} ${version}`, () => {
    let cluster: RedisProcess;
    beforeAll(async () => {
      cluster = await startCluster(server);
    });
    afterAll(() => cluster[Symbol.asyncDispose]());
    for (const [name, connect] of Object.entries(CLUSTER_CLIENTS))
      suiteOver(name, connect, () => cluster);
  });
}
