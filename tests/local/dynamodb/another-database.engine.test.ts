import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCloud } from "@algoitny/local/cloud";
import { enginesFromEnvironment } from "@algoitny/local/engines";
import { expect, onTestFinished, test } from "vitest";

const { redis, dynamodb } = enginesFromEnvironment();
const ENGINES = { redis: { ...redis, engine: redis.engine ?? ("embedded" as const) }, dynamodb };

/** Number of problems in a folder's data, and the cache status of the answer. */
async function listed(dataDir: string, sample: boolean) {
  await using cloud = await startCloud({ ...ENGINES, dataDir, sample });
  const response = await fetch(`${cloud.url}/api/problems/`);
  const problems = (await response.json()) as unknown[];
  return { count: problems.length, cache: response.headers.get("cache-status") };
}

test(
  "a kept Redis goes on answering for its own database, and forgets it when there is another one",
  { timeout: 180_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "another-"));
    onTestFinished(() => rm(dataDir, { recursive: true }));
    expect(await listed(dataDir, true)).toMatchObject({ count: 10 });
    const isKept = ENGINES.redis.engine === "server" || ENGINES.redis.url !== undefined;
    expect(await listed(dataDir, true)).toEqual({
      count: 10,
      cache: expect.stringContaining(isKept ? "; hit" : "fwd=miss"),
    });

    for (const name of ["dynoxide.db", "dynamodb-local"])
      await rm(join(dataDir, name), { recursive: true, force: true });
    expect(await listed(dataDir, false)).toMatchObject({ count: 0 });
  },
);
