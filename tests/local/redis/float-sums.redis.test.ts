import { redisServerVersion } from "@algoitny/local/redis/redis-server";
import { startRedis } from "@algoitny/local/redis/start-redis";
import fc from "fast-check";
import { expect, test } from "vitest";

const increments = fc.oneof(
  fc.constantFrom("0.1", "1e2", "-0.3", "0.5", "1e-5", "1e17", "123456789012345678", "1e-17"),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map(String),
  fc.tuple(fc.integer(), fc.nat(999_999)).map(([whole, part]) => `${whole}.${part}`),
);

test.skipIf((await redisServerVersion()) === undefined)(
  "the embedded Redis adds floats as redis-server does, to the last of 17 decimals",
  async () => {
    const engines = await Promise.all([
      startRedis({ engine: "server" }),
      startRedis({ engine: "embedded" }),
    ]);
    const sums = (all: readonly string[]) =>
      Promise.all(
        engines.map(async (engine) => {
          await engine.call(["DEL", "sum"]);
          const replies: string[] = [];
          for (const each of all)
            replies.push(String(await engine.call(["INCRBYFLOAT", "sum", each])));
          return replies;
        }),
      );
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(increments, { minLength: 1, maxLength: 6 }), async (all) => {
          const [expected, answered] = await sums(all);
          expect(answered).toEqual(expected);
        }),
        { numRuns: 300, examples: [[["0.1", "1e2", "1e2"]]] },
      );
    } finally {
      await Promise.all(engines.map((engine) => engine.close()));
    }
  },
);

test("a sum has the precision of a 64-bit mantissa (long double)", async () => {
  const engine = await startRedis({ engine: "embedded" });
  for (const each of ["0.1", "1e2"]) await engine.call(["INCRBYFLOAT", "sum", each]);
  expect(String(await engine.call(["INCRBYFLOAT", "sum", "1e2"]))).toBe("200.10000000000000001");
  await engine.close();
});
