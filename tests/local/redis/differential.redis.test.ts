import { type RedisEngine, startRedis } from "@algoitny/local/redis/start-redis";
import { RedisError, type Reply } from "@algoitny/local/redis/reply";
import { redisServerVersion } from "@algoitny/local/redis/redis-server";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluations, FAMILIES, sequences, type Words } from "./support/generated-commands.ts";

/** Commands whose reply has no defined order. */
const UNORDERED =
  /^(?:SMEMBERS|SDIFF|SINTER|SUNION|HGETALL|HKEYS|HVALS|HRANDFIELD|KEYS|.?SCAN|SPOP|SRANDMEMBER)$/;

/** Only Redis ends the errors of scripts with a line number and a digest. */
const SCRIPT_SUFFIX = / script: .*$/s;

function comparable(reply: Reply): unknown {
  if (reply instanceof RedisError) return { error: reply.message.replace(SCRIPT_SUFFIX, "") };
  if (Buffer.isBuffer(reply)) return reply.toString("latin1");
  return Array.isArray(reply) ? reply.map(comparable) : reply;
}

function inAnyOrder(reply: unknown): unknown {
  return Array.isArray(reply)
    ? JSON.stringify(reply.flat())
        .split(/[,[\]]/)
        .toSorted()
    : reply;
}

describe.skipIf((await redisServerVersion()) === undefined)(
  "the embedded Redis and redis-server",
  () => {
    let engines: RedisEngine[];
    beforeAll(async () => {
      engines = await Promise.all([
        startRedis({ engine: "server" }),
        startRedis({ engine: "embedded" }),
      ]);
    });
    afterAll(() => Promise.all(engines.map((engine) => engine.close())));

    /** The replies of both engines to the same commands, over an empty database. */
    async function replies(commands: readonly Words[]): Promise<unknown[][]> {
      return await Promise.all(
        engines.map(async (engine) => {
          await engine.call(["FLUSHALL"]);
          const answered: unknown[] = [];
          for (const command of commands) {
            const reply = comparable(await engine.call(command));
            answered.push([command, UNORDERED.test(command[0] ?? "") ? inAnyOrder(reply) : reply]);
          }
          return answered;
        }),
      );
    }

    test.each(Object.keys(FAMILIES))("answer commands on %s alike", async (family) => {
      await fc.assert(
        fc.asyncProperty(sequences(family), async (commands) => {
          const [expected, answered] = await replies(commands);
          expect(answered).toEqual(expected);
        }),
        { numRuns: 150 },
      );
    });

    test("answer scripts alike, also read-only ones and those with commands that scripts may not call", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(evaluations, { minLength: 1, maxLength: 4 }),
          async (commands) => {
            const [expected, answered] = await replies(commands);
            expect(answered).toEqual(expected);
          },
        ),
        { numRuns: 150 },
      );
    });
  },
);
