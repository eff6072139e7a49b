import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCloud } from "@algoitny/local/cloud";
import { enginesFromEnvironment } from "@algoitny/local/engines";
import { expect, onTestFinished, test } from "vitest";

const { redis, dynamodb } = enginesFromEnvironment();
const ENGINES = { redis: { ...redis, engine: redis.engine ?? ("embedded" as const) }, dynamodb };

/**
 * Number of problems in a folder's data, the cache status of the answer, and true if the first beat reports a Redis
 * that came back with older data.
 */
async function listed(dataDir: string, sample: boolean) {
  await using cloud = await startCloud({ ...ENGINES, dataDir, sample });
  // Changes that the stream has not delivered yet would invalidate stored entries, now or at the next start.
  await cloud.streams.drained();
  const list = () => fetch(`${cloud.url}/api/problems/`);
  const response = await list();
  const problems = (await response.json()) as unknown[];
  const beat = (await cloud.scheduler.fire("Beat")) as { reset: boolean };
  // A first beat clears Redis, because it cannot know the age of its data: the next start finds the entries that this
  // request stores.
  await list();
  return {
    count: problems.length,
    cache: response.headers.get("cache-status"),
    reset: beat.reset,
  };
}

test(
  "Redis data that was kept serves the same database without counting as rolled back, and is cleared for another database",
  { timeout: 180_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "another-"));
    onTestFinished(() => rm(dataDir, { recursive: true }));
    expect(await listed(dataDir, true)).toMatchObject({ count: 10 });
    const isKept = ENGINES.redis.engine === "server" || ENGINES.redis.url !== undefined;
    expect(await listed(dataDir, true)).toEqual({
      count: 10,
      cache: expect.stringContaining(isKept ? "; hit" : "fwd=miss"),
      reset: false,
    });

    for (const name of ["dynoxide.db", "dynamodb-local"])
      await rm(join(dataDir, name), { recursive: true, force: true });
    expect(await listed(dataDir, false)).toMatchObject({ count: 0 });
  },
);
