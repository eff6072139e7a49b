import { Dice } from "./dice.ts";
import { drawMenu, type Focus, type Menu, WAITS_MS } from "./menu.ts";
import type { Actor, Operation, Scenario } from "./scenario.ts";

/** Delays after the cache was filled, in ms: mostly until entries are stale. */
const WARM_MS = [5, 2_100, 9_900, 12_000, 12_000, 25_000, 61_000];

/** A scenario for a seed. Each draws a few resources, keys, verbs and faults. */
export function generate(seed: number, focus: Focus = {}): Scenario {
  const dice = new Dice(seed);
  const menu = drawMenu(dice, focus);
  const isWarm = dice.chance(0.6) || focus.warmMs !== undefined;
  const prologue = isWarm ? [warmUp(dice, menu, focus.warmMs)] : [];
  const actors = dice.many(4, () => actor(dice, menu));
  const scenario = {
    seed,
    instances: menu.instances,
    prologue,
    actors: [...actors, ...accidents(dice, menu)],
    epilogue: dice.chance(0.7) ? [lookBack(dice, menu)] : [],
    switching: focus.switching ?? dice.one([0.1, 0.3, 0.6]),
    hurrying: focus.hurrying ?? dice.one([0, 0.03, 0.15]),
    loadTrouble: focus.loadTrouble ?? dice.one([0, 0, 0.2, 0.6]),
    storeTrouble: focus.storeTrouble ?? (dice.chance(0.25) ? dice.one([0.05, 0.2]) : 0),
    lagMs: focus.lagMs ?? (dice.chance(0.12) ? dice.one([20, 500, 2_000]) : 0),
    defers: dice.chance(0.15),
  };
  return { ...scenario, asksPrimary: focus.asksPrimary ?? dice.chance(0.3) };
}

function actor(dice: Dice, { instances, verbs }: Menu): Actor {
  return {
    instance: dice.below(instances),
    operations: dice.many(4, () => dice.one(verbs)()).flat(),
  };
}

/** Reads one to three entries, which fills them, and lets some time pass. */
function warmUp(dice: Dice, { resources, keys, instances }: Menu, warmMs?: number): Actor {
  const reads = dice.many(3, (): Operation => {
    return { do: "read", resource: dice.one(resources), key: dice.one(keys) };
  });
  return {
    instance: dice.below(instances),
    operations: [...reads, { do: "wait", ms: warmMs ?? dice.one(WARM_MS) }],
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

/** Faults outside of the actors. */
function accidents(dice: Dice, { instances }: Menu): Actor[] {
  const instance = dice.below(instances);
  const pause = (): Operation => ({ do: "wait", ms: dice.one(WAITS_MS) });
  // There are no promises for clocks that disagree by more than the settling window leaves room for.
  const jumpAndBack = (ms: number): Operation[] => [
    { do: "jump", instance, ms },
    pause(),
    { do: "jump", instance, ms: -ms },
  ];
  const kinds: readonly (readonly [probability: number, make: () => Operation[]])[] = [
    [
      0.3,
      () =>
        dice.many(3, () => ({
          do: "evict",
          kind: dice.one(["entry", "stamp", "lease", "sequence"]),
        })),
    ],
    [0.08, () => [{ do: "restart" }]],
    [0.12, () => [{ do: "stop", instance }]],
    [0.12, () => [{ do: "stop", instance }, pause(), { do: "resume", instance }]],
    [0.12, () => jumpAndBack(dice.one(JUMPS_MS))],
    [0.08, () => [{ do: "store down" }, pause(), { do: "store up" }]],
    [0.12, () => [{ do: "store full" }, pause(), { do: "store roomy" }]],
  ];
  return kinds
    .filter(([probability]) => dice.chance(probability))
    .map(([, make]) => ({ instance: null, operations: make() }));
}

/** Clock errors, in ms. */
const JUMPS_MS = [-2_000, -300, 300, 2_000];
