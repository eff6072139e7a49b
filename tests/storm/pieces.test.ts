import { appendFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { type Piece, runPieces, total } from "./pieces.ts";

const piece = (seed: number, stale: Piece["stale"] = [], failed: Piece["failed"] = []): Piece => ({
  seed,
  writes: 10,
  answers: { own: 5, reader: 3, final: 2 },
  recent_hits: 6,
  late_copies: 1,
  stale,
  failed,
});

/** Runs pieces, and lists the seeds of those that ran in this call. */
async function run(options: { count: number; done?: string; staleAt?: number; failedAt?: number }) {
  const seeds: number[] = [];
  const reports = await runPieces({
    ...options,
    seed: 7,
    run: async (seed) => {
      seeds.push(seed);
      const one = [{} as Piece["stale"][number]];
      return piece(seed, seed === options.staleAt ? one : [], seed === options.failedAt ? one : []);
    },
  });
  return { seeds, total: total(reports) };
}

test("a storm in pieces goes on where it was interrupted, and adds up all of them", async () => {
  const done = path.join(await mkdtemp(path.join(tmpdir(), "storm-")), "done.jsonl");
  expect((await run({ count: 2, done })).seeds).toEqual([7, 8]);
  // The process ended while it wrote the next line.
  await appendFile(done, '{"seed":9,"wri');
  const again = await run({ count: 2, done });
  expect(again).toEqual({
    seeds: [],
    total: {
      pieces: 2,
      writes: 20,
      answers: 20,
      recent_hits: 12,
      late_copies: 2,
      stale: 0,
      failed: 0,
    },
  });
  expect((await run({ count: 3, done })).seeds).toEqual([9]);
});

test("a piece that is interrupted is not done", async () => {
  const done = path.join(await mkdtemp(path.join(tmpdir(), "storm-")), "done.jsonl");
  const interrupted = AbortSignal.abort();
  await runPieces({
    count: 3,
    seed: 7,
    done,
    run: async (seed) => piece(seed),
    signal: interrupted,
  });
  expect((await run({ count: 2, done })).seeds).toEqual([7, 8]);
});

test("a storm in pieces ends with the first answer that is not current", async () => {
  const { seeds, total: all } = await run({ count: 5, staleAt: 8 });
  expect([seeds, all.stale, all.failed]).toEqual([[7, 8], 1, 0]);
});

test("a storm in pieces ends with the first answer that failed, and counts it separately", async () => {
  const { seeds, total: all } = await run({ count: 5, failedAt: 8 });
  expect([seeds, all.stale, all.failed]).toEqual([[7, 8], 0, 1]);
});
