import { Loaded } from "@algoitny/cache";
import { armAt } from "@algoitny/core/experiment/arms";
import type { Experiment } from "@algoitny/core/experiment/experiment";
import { rememberExperiments } from "@algoitny/core/experiment/known-experiments";
import { withTriedLifetimes } from "@algoitny/core/experiment/tried-lifetime";
import type { Source } from "@algoitny/core/source";
import fc from "fast-check";
import { expect, test } from "vitest";

const HOUR = 3_600;
const START = 1_800_000 * HOUR;

const experiment: Experiment = {
  view: "book",
  id: "book-1",
  state: "running",
  usual_seconds: 600,
  trial_seconds: 1_200,
  slot_seconds: HOUR,
  settling_seconds: 1_260,
  started_at: START - 1,
  ended_at: null,
  ended_because: null,
  read_units: 5,
};

const key = fc.string({ maxLength: 20 });
const pair = fc.nat(500);
const keys = Array.from({ length: 640 }, (_, index) => `book:id:${index}`);
const trialShare = (names: readonly string[], atSeconds: number) =>
  names.filter((name) => armAt(experiment, name, atSeconds) === "trial").length / names.length;

test("in the two slots of a pair, each key has each lifetime once", () => {
  const seen = keys.map((name) => [
    armAt(experiment, name, START),
    armAt(experiment, name, START + HOUR),
  ]);
  expect(seen.filter(([one, other]) => one === other)).toEqual([]);
  fc.assert(
    fc.property(key, pair, fc.nat(HOUR - 1), (name, number, second) => {
      const first = START + 2 * number * HOUR + second;
      const arms = [armAt(experiment, name, first), armAt(experiment, name, first + HOUR)];
      return new Set(arms).size === 2 && !arms.includes(undefined);
    }),
  );
});

test("a key keeps its lifetime for a whole slot", () => {
  fc.assert(
    fc.property(key, pair, fc.nat(HOUR - 1), (name, slot, second) => {
      const from = START + slot * HOUR;
      expect(armAt(experiment, name, from + second)).toBe(armAt(experiment, name, from));
    }),
  );
});

test("about half of the keys have the trial lifetime at any time, and not the same half in every pair of slots", () => {
  const shares = Array.from({ length: 40 }, (_, number) => trialShare(keys, START + number * HOUR));
  for (const share of shares) expect(Math.abs(share - 0.5)).toBeLessThan(0.15);
  const orders = Array.from({ length: 200 }, (_, number) =>
    armAt(experiment, "book:id:7", START + 2 * number * HOUR),
  );
  const trials = orders.filter((arm) => arm === "trial").length;
  expect(trials).toBeGreaterThan(60);
  expect(trials).toBeLessThan(140);
  const together = Array.from({ length: 200 }, (_, number) => {
    const at = START + 2 * number * HOUR;
    return armAt(experiment, "book:id:7", at) === armAt(experiment, "book:id:11", at);
  });
  expect(new Set(together).size).toBe(2);
});

test("no key is in an arm before the first whole slot or after the end", () => {
  expect(armAt(experiment, "book:id:7", START - 1)).toBeUndefined();
  const ended = { ...experiment, ended_at: START + 100 };
  expect(armAt(ended, "book:id:7", START + 99)).toBeDefined();
  expect(armAt(ended, "book:id:7", START + 100)).toBeUndefined();
});

/** A process's knowledge of its experiments, by a clock that the test sets. */
function setup(atSeconds: number) {
  const clock = { seconds: atSeconds };
  const known = rememberExperiments(() => clock.seconds * 1_000);
  return { clock, known };
}
const reads = (found: Experiment | undefined) => async () => found;
const keyOf = () => "book:id:7";

test("a process counts from the first slot whose counted part begins after the process has read the experiment", async () => {
  const { clock, known } = setup(START + 1_300);
  await known.learn("book", reads(experiment));
  expect(known.armOf("book", keyOf)).toBeUndefined();
  clock.seconds = START + HOUR + 1_259;
  expect(known.armOf("book", keyOf)).toBeUndefined();
  clock.seconds = START + HOUR + 1_260;
  const arm = armAt(experiment, keyOf(), clock.seconds);
  expect(known.armOf("book", keyOf)).toEqual({ experiment: "book-1", arm });
  expect(known.armOf("shelf", keyOf)).toBeUndefined();
});

test("a process reads an experiment once a minute, and once for concurrent calls", async () => {
  const { clock, known } = setup(START);
  let count = 0;
  const read = async () => {
    count += 1;
    return experiment;
  };
  await Promise.all([known.learn("book", read), known.learn("book", read)]);
  clock.seconds += 59;
  await known.learn("book", read);
  expect(count).toBe(1);
  clock.seconds += 1;
  await known.learn("book", read);
  expect(count).toBe(2);
});

test("an experiment that has ended or cannot be read gives no lifetime", async () => {
  const { clock, known } = setup(START + 10);
  await known.learn("book", reads(experiment));
  expect(known.secondsFor("book", keyOf())).toBeDefined();
  clock.seconds += 60;
  const unreadable = known.learn("book", () => Promise.reject(new Error("no table")));
  await expect(unreadable).resolves.toBeUndefined();
  expect(known.secondsFor("book", keyOf())).toBeUndefined();
  clock.seconds += 60;
  await known.learn("book", reads({ ...experiment, state: "ended", ended_at: START + 20 }));
  expect([known.secondsFor("book", keyOf()), known.longestMs("book", 600_000)]).toEqual([
    undefined,
    600_000,
  ]);
});

test("a running experiment leaves both lifetimes whole, whatever the cache takes off at random", async () => {
  const { known } = setup(START + 10);
  expect(known.longestMs("book", 600_000)).toBe(600_000);
  await known.learn("book", reads(experiment));
  expect(known.longestMs("book", 600_000) * 0.9).toBeGreaterThanOrEqual(1_200_000);
});

function loadsUnder(found: Experiment | undefined) {
  const { known } = setup(START + 10);
  const source = { experiment: reads(found) } as unknown as Source;
  const view = { name: "book", keyFor: (id: never) => `book:id:${String(id)}` };
  const loads = {
    load: async (id: never, given: Source) => ({ id, from: given === source }),
    loadMany: async (ids: never, given: Source) =>
      (ids as number[]).map((id) => (id < 0 || given !== source ? new Error("no") : id)),
  };
  const tried = withTriedLifetimes(loads, view, known);
  return {
    one: (id: number) => tried.load(id as never, source),
    many: (ids: readonly number[]) => tried.loadMany(ids as never, source),
  };
}

test("a loaded value has the lifetime of its key's arm, whether it is loaded alone or in bulk", async () => {
  const { one, many } = loadsUnder(experiment);
  const ids = Array.from({ length: 20 }, (_, id) => id);
  const wanted = ids.map((id) =>
    armAt(experiment, `book:id:${id}`, START + 10) === "trial" ? "1200 seconds" : "600 seconds",
  );
  expect(new Set(wanted).size).toBe(2);
  const ttl = (loaded: unknown) => loaded instanceof Loaded && loaded.options.ttl;
  const singly = await Promise.all(ids.map(one));
  expect(singly.map(ttl)).toEqual(wanted);
  expect(((await many(ids)) as unknown[]).map(ttl)).toEqual(wanted);
  expect(await many([-1])).toEqual([new Error("no")]);
});

test("without an experiment a value is passed on as it was loaded", async () => {
  const { one, many } = loadsUnder(undefined);
  expect(await one(7)).toEqual({ id: 7, from: true });
  expect(await many([7, 8])).toEqual([7, 8]);
});
