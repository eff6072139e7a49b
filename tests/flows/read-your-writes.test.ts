import { seededRandom } from "@algoitny/cache/testing/explore";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createChecker } from "../storm/checker.ts";
import { type Desk, pick, shuffled } from "../storm/desk.ts";
import { JustChanged } from "../storm/just-changed.ts";
import { createOutages } from "../storm/outages.ts";
import { Journal } from "../storm/journal.ts";
import { contractKinds, writeSomething } from "../storm/kinds.ts";
import { openDesks } from "../storm/open-desks.ts";
import type { Question } from "../storm/question.ts";
import { createProblem } from "../storm/random-problem-writes.ts";
import { scale } from "../support/scale.ts";
import { testCloud, type TestCloud } from "../support/test-cloud.ts";

const { rounds: ROUNDS, hitsEvery: HITS_EVERY } = scale.readYourWrites;

/** Initial and highest number of problems: few enough for one page of each list. */
const FIRST_PROBLEMS = 3;
const MOST_PROBLEMS = 30;

/** Printed with a failure: the same seed makes the same writes. */
const SEED = Date.now() % 2 ** 32;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await testCloud({ sample: false });
});
afterAll(() => cloud.close());

test(
  `a write is visible in the next read of every endpoint that it affects, ${ROUNDS} times out of ${ROUNDS}`,
  { timeout: 600_000 },
  async () => {
    const random = seededRandom(SEED);
    const journal = new Journal();
    const desks = await openDesks(cloud, {
      writers: ["ann", "bob"],
      processes: 1,
      journal,
      random,
    });
    const { state, api, drained } = desks[0] as Desk;
    const outages = createOutages(state.moments);
    const justChanged = new JustChanged();
    const checker = createChecker({ api, state, journal, outages, justChanged });
    const look = (questions: readonly Question[]) =>
      Promise.all(questions.map((question) => checker.check(question, 0, "own")));
    let [reads, hits] = [0, 0];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { near, far } = await writeAt({ random, desks });
      const questions = shuffled({ random }, [...near, ...far].filter(isFirstPage));
      await look(questions);
      expect(checker.stale, `round ${round} of seed ${SEED}`).toEqual([]);
      // Checks at intervals that these reads are hits: an empty cache would show every write too.
      if (round % HITS_EVERY > 0) continue;
      await drained();
      await look(questions);
      const again = await Promise.all(questions.map((question) => api.ask(question, 0)));
      const kept = again.filter(isKept);
      reads += kept.length;
      hits += kept.filter(({ cache }) => cache === "hit").length;
    }
    expect(checker.stale, `seed ${SEED}`).toEqual([]);
    expect(hits / reads).toBeGreaterThan(0.9);
  },
);

/** Sends a random write of the HTTP contract as one of the writers. */
function writeAt({ random, desks }: { random: () => number; desks: readonly Desk[] }) {
  const desk = pick({ random }, desks);
  const problems = desk.state.problems.ids.length;
  if (problems < FIRST_PROBLEMS) return createProblem(desk);
  return writeSomething(
    desk,
    contractKinds.filter((kind) => kind !== "create" || problems < MOST_PROBLEMS),
  );
}

/** Later pages and searches carry the tags of the first page, so checking them would only repeat its check. */
const isFirstPage = ({ path }: Question): boolean => !/[?&](search|page|offset)=/.test(path);

/** False for a 404, whose source is not reported, and for an empty list of a platform, which is not stored. */
const isKept = ({ status, body }: { status: number; body: string }): boolean =>
  status === 200 && body !== "[]";
