import { checks } from "@algoitny/ops/smoke/checks";
import type { Api } from "@algoitny/ops/smoke/smoke-api";
import { expect, test } from "vitest";

const MISS = "algoitny; fwd=miss; detail=fill-refused";
const HIT = "algoitny; hit; ttl=9";

/** Runs the check of repeated reads over an API with these Cache-Status headers in turn. */
async function readsOf(...statuses: string[]): Promise<number> {
  let reads = 0;
  const ask = async () => {
    const status = statuses[reads] ?? MISS;
    reads += 1;
    const headers = { "cache-status": status, "server-timing": 'db;desc="0 reads"' };
    return { status: 200, headers: new Headers(headers), json: [] };
  };
  const check = checks.find(({ name }) => name.startsWith("serves a repeated read"));
  await check?.run({ ask } as unknown as Api);
  return reads;
}

test("a list that a write invalidates between two reads passes with the third read", async () => {
  expect(await readsOf(MISS, HIT)).toBe(2);
  expect(await readsOf(MISS, MISS, HIT)).toBe(3);
});

test("a list that is never a hit fails the check", async () => {
  await expect(readsOf(MISS, MISS, MISS, HIT)).rejects.toThrow(
    'cache-status is "algoitny; fwd=miss',
  );
});
