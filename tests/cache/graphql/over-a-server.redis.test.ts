import { createRedisStore } from "@algoitny/cache/redis";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe } from "vitest";
import {
  installedServers,
  type RedisProcess,
  startRedisProcess,
} from "../../support/redis-process.ts";
import { storeOf } from "./book-server.ts";

const [installed] = installedServers();

/** Test files of this folder that otherwise run over the store in memory. */
const FILES = ["changes", "sharing", "stored-responses", "normalisation", "http"];

describe.skipIf(installed === undefined)("over a server:", () => {
  const { make } = storeOf;
  let process: RedisProcess;
  let client: Redis;
  beforeAll(async () => {
    process = await startRedisProcess(installed?.[0] ?? "");
    client = new Redis(process.port);
    storeOf.make = () => createRedisStore(client);
  });
  afterAll(async () => {
    storeOf.make = make;
    client?.disconnect();
    await process?.[Symbol.asyncDispose]();
  });
  for (const file of FILES)
    describe(file, async () => {
      // The query string makes them separate modules from those that run over memory.
      await import(`./${file}.test.ts?over-a-server`);
    });
});
