import { seededRandom } from "@algoitny/cache/testing";
import { RESOURCE_NAMES } from "./resources.ts";
import type { Actor, Operation, Scenario } from "./scenario.ts";

/** Draws numbers and things. */
class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  one<T>(things: readonly T[]): T {
    return things[this.below(things.length)] as T;
  }

  many<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + this.below(most) }, make);
  }
}

const WAITS_MS = [5, 60, 900, 2_100, 5_200, 9_500, 12_000, 25_000, 61_000];
/** After the cache was filled: mostly until entries are stale. */
const WARM_MS = [5, 2_100, 9_900, 12_000, 12_000, 25_000, 61_000];
const KEYS = ["a", "b", "ab"];

/** What may happen at all in one run: few things, so that they meet. */
interface Menu {
  readonly resources: readonly string[];
  readonly keys: readonly string[];
  readonly rows: readonly string[];
  readonly instances: number;
  readonly verbs: readonly (() => readonly Operation[])[];
}

/** A scenario for a seed. Each draws its own few resources, keys and troubles. */
export function generate(seed: number): Scenario {
  const dice = new Dice(seed);
  const menu = makeMenu(dice);
  const { instances } = menu;
  const actor = (instance: number | null, most: number): Actor => ({
    instance,
    operations: dice.many(most, () => dice.one(menu.verbs)()).flat(),
  });
  const prologue = dice.chance(0.6) ? [warmUp(dice, menu)] : [];
  const actors = dice.many(4, () => actor(dice.below(instances), 4));
  return {
    seed,
    instances,
    prologue,
    actors: [...actors, ...troubles(dice, menu)],
    epilogue: dice.chance(0.7) ? [lookBack(dice, menu)] : [],
    switching: dice.one([0.1, 0.3, 0.6]),
    hurrying: dice.one([0, 0.03, 0.15]),
    loadTrouble: dice.one([0, 0, 0.2, 0.6]),
    storeTrouble: dice.chance(0.25) ? dice.one([0.05, 0.2]) : 0,
    lagMs: dice.chance(0.12) ? dice.one([20, 500, 2_000]) : 0,
    defers: dice.chance(0.15),
  };
}

function makeMenu(dice: Dice): Menu {
  const resources = dice.many(dice.one([1, 1, 2]), () => dice.one(RESOURCE_NAMES));
  const keys = dice.chance(0.6) ? [dice.one(KEYS)] : KEYS;
  const rows = [...new Set(keys.join(""))];
  const resource = () => dice.one(resources);
  const key = () => dice.one(keys);
  const some = (from: readonly string[]) => (dice.chance(0.7) ? [dice.one(from)] : from);
  const budget = dice.chance(0.15) ? { budgetMs: dice.one([150, 700, 4_000]) } : {};
  const lives = dice.chance(0.3);
  let events = 0;
  const event = () => (events > 0 && dice.chance(0.2) ? dice.below(events) : events++);
  const write = (): Operation => ({
    do: "write",
    row: dice.one(rows),
    exists: !lives || dice.chance(0.5),
  });
  const announce = (): Operation => ({
    do: dice.chance(0.75) ? "invalidate" : "expire",
    rows: some(rows),
    event: event(),
  });
  const remove = dice.one<() => Operation>([
    () => ({ do: "delete", resource: resource(), keys: some(keys) }),
    () => ({ do: "pattern", pattern: dice.one([`${resource()}:*`, `*:${key()}`, "*"]) }),
    () => ({ do: "clear" }),
  ]);
  const read = (): Operation => ({ do: "read", resource: resource(), key: key(), ...budget });
  const verbs: (() => readonly Operation[])[] = [
    () => [read()],
    () => [read()],
    () => [read(), read()],
    () => [{ do: "get", resource: resource(), key: key() }],
    () => [{ do: "getMany", resource: resource(), keys: some(keys), ...budget }],
    () => [{ do: "refresh", resource: resource(), key: key() }],
    () => [{ do: "refreshMany", resource: resource(), keys: some(keys) }],
    () => [write(), announce()],
    () => [write(), announce(), read()],
    () => [write(), remove(), read()],
    () => [write(), announce(), { do: "evict", kind: "row stamp" }, read()],
    () => [announce()],
    () => [{ do: "wait", ms: dice.one(WAITS_MS) }],
    () => [{ do: "work" }],
  ];
  const few = verbs.filter(() => dice.chance(0.35));
  return {
    resources,
    keys,
    rows,
    instances: dice.one([1, 2, 2, 2, 3]),
    verbs: few.length > 1 ? few : verbs,
  };
}

/** Fills the cache, here and there, and lets some time pass. */
function warmUp(dice: Dice, { resources, keys, instances }: Menu): Actor {
  const reads = dice.many(3, (): Operation => ({
    do: "read",
    resource: dice.one(resources),
    key: dice.one(keys),
  }));
  return {
    instance: dice.below(instances),
    operations: [...reads, { do: "wait", ms: dice.one(WARM_MS) }],
  };
}

/** Lets time pass and reads everything once more. */
function lookBack(dice: Dice, { resources, keys, instances }: Menu): Actor {
  const reads = resources.flatMap((resource) =>
    keys.map((key): Operation => ({ do: "read", resource, key })),
  );
  return {
    instance: dice.below(instances),
    operations: [{ do: "wait", ms: dice.one(WAITS_MS) }, ...reads],
  };
}

/** What the world does by itself. */
function troubles(dice: Dice, { instances }: Menu): Actor[] {
  const victim = dice.below(instances);
  const pause = (): Operation => ({ do: "wait", ms: dice.one(WAITS_MS) });
  // Clocks that disagree by more than the settling window leaves room for are promised nothing.
  const jumpAndBack = (ms: number): Operation[] => [
    { do: "jump", instance: victim, ms },
    pause(),
    { do: "jump", instance: victim, ms: -ms },
  ];
  const kinds: readonly (readonly [number, () => Operation[]])[] = [
    [0.3, () => dice.many(3, () => ({ do: "evict", kind: dice.one(["entry", "stamp", "lease"]) }))],
    [0.08, () => [{ do: "restart" }]],
    [0.12, () => [{ do: "stop", instance: victim }]],
    [0.12, () => [{ do: "stop", instance: victim }, pause(), { do: "resume", instance: victim }]],
    [0.12, () => jumpAndBack(dice.one([-2_000, -300, 300, 2_000]))],
    [0.08, () => [{ do: "store down" }, pause(), { do: "store up" }]],
  ];
  return kinds
    .filter(([probability]) => dice.chance(probability))
    .map(([, make]) => ({ instance: null, operations: make() }));
}
