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

/** The tests of this folder that run over memory by themselves. */
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
      // With a question mark they are other modules than those that run by themselves.
      await import(`./${file}.test.ts?over-a-server`);
    });
});
