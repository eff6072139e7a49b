import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Check, createModel } from "./read-your-writes.model.ts";
import { scale } from "../support/scale.ts";
import { cost, startWorld, type World } from "../support/people.ts";

const { rounds: ROUNDS, hitsEvery: HITS_EVERY } = scale.readYourWrites;

/** Printed with a failure: the same seed makes the same writes. */
const SEED = Date.now() % 2 ** 32;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

test(
  `a write shows in the next read of every endpoint that it affects, ${ROUNDS} times out of ${ROUNDS}`,
  { timeout: 600_000 },
  async () => {
    const random = seeded(SEED);
    const model = createModel(world, random);
    const wrong: string[] = [];
    let reads = 0;
    let hits = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const checks = shuffled(await model.write(), random);
      const results = await Promise.all(checks.map(run));
      wrong.push(
        ...results.flatMap((result) =>
          result.wrong === undefined ? [] : [`round ${round} of seed ${SEED}: ${result.wrong}`],
        ),
      );
      expect(wrong).toEqual([]);
      // Now and then a look whether these reads are hits: an empty cache would show every write too.
      if (round % HITS_EVERY > 0) continue;
      await world.streams.drained();
      await Promise.all(checks.map(run));
      const again = await Promise.all(checks.map(run));
      reads += again.length;
      hits += again.filter(({ cache }) => cache === "hit").length;
    }
    expect(hits / reads).toBeGreaterThan(0.9);
  },
);

async function run({
  path,
  as,
  wrong,
}: Check): Promise<{ wrong: string | undefined; cache: string | undefined }> {
  // As it is stored, so that no time goes by with compressing it anew.
  const response = await world.call(path, {
    headers: { "accept-encoding": "br" },
    ...(as && { as: as.token }),
  });
  const fault = wrong(response.status, await response.json());
  return {
    wrong: fault && `${path} as ${as?.sub ?? "nobody"} ${fault}`,
    cache: cost(response).cache,
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => [random(), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** Numbers from 0 up to (not including) 1 that are the same for the same seed. */
function seeded(seed: number): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash("sha256").update(`${seed}:${drawn}`).digest().readUInt32LE() / 2 ** 32;
  };
}
