import { rowsToSet } from "./changing.ts";
import type { Dice } from "./dice.ts";
import { RECORDED, RESOURCE_NAMES } from "./model-resources.ts";
import type { Operation } from "./scenario.ts";
import { rowsOf } from "./values.ts";

/** Delays that matter to the resources, in ms: steps, timeouts, trust, settling, ends of lifetimes. */
export const WAITS_MS = [5, 60, 900, 2_100, 5_200, 9_500, 12_000, 25_000, 61_000];

const KEYS = ["a", "b", "ab"];

/** Restriction of a scenario to a subject. An omitted field restricts nothing. */
export interface Focus {
  readonly resources?: readonly string[];
  readonly verbs?: readonly VerbName[];
  readonly loadTrouble?: number;
  readonly storeTrouble?: number;
  readonly instances?: number;
  readonly switching?: number;
  readonly hurrying?: number;
  readonly lagMs?: number;
  readonly asksPrimary?: boolean;
  readonly rowsComeAndGo?: boolean;
  /** Time between the filling of the cache and everything else, in ms. Omitted: drawn; some scenarios fill nothing. */
  readonly warmMs?: number;
}

/** Choices of one run: few, so that the actors collide. */
export interface Menu {
  readonly resources: readonly string[];
  readonly keys: readonly string[];
  readonly instances: number;
  readonly verbs: readonly Verb[];
}

/** Related operations that one actor performs in sequence. */
type Verb = () => readonly Operation[];

const VERB_NAMES = [
  "read",
  "read twice",
  "get",
  "get many",
  "refresh",
  "refresh many",
  "work",
  "announce",
  "change",
  "change and read",
  "delete",
  "clear",
  "lose a stamp",
  "announced change",
  "set",
  "force",
  "wait",
] as const;
/** `walk` invalidates by a pattern that has to search the store; only a focus that names it has it. */
export type VerbName = (typeof VERB_NAMES)[number] | "walk";

export function drawMenu(dice: Dice, focus: Focus): Menu {
  const among = focus.resources ?? RESOURCE_NAMES;
  const resources = dice.many(dice.one([1, 1, 2]), () => dice.one(among));
  const keys = dice.chance(0.6) ? [dice.one(KEYS)] : KEYS;
  const all = verbs(dice, resources, keys, focus);
  const few = VERB_NAMES.filter(() => dice.chance(0.35));
  const names = focus.verbs ?? (few.length > 1 ? few : VERB_NAMES);
  const instances = dice.one([1, 2, 2, 2, 3]);
  return {
    resources,
    keys,
    instances: focus.instances ?? instances,
    verbs: names.map((name) => all[name]),
  };
}

function verbs(
  dice: Dice,
  resources: readonly string[],
  keys: readonly string[],
  focus: Focus,
): Record<VerbName, Verb> {
  const rows = [...new Set(rowsOf(keys.join("")))];
  const budget = dice.chance(0.15) ? { budgetMs: dice.one([150, 700, 4_000]) } : {};
  const rowsComeAndGo = dice.chance(focus.rowsComeAndGo ? 1 : 0.3);

  const resource = () => dice.one(resources);
  const key = () => dice.one(keys);
  const some = (from: readonly string[]) => (dice.chance(0.7) ? [dice.one(from)] : from);
  const read = (): Operation => ({ do: "read", resource: resource(), key: key(), ...budget });
  const exists = () => !rowsComeAndGo || dice.chance(0.5);
  const write = (): Operation => ({ do: "write", row: dice.one(rows), exists: exists() });
  const settable = resources.filter((name) => !RECORDED.includes(name));
  const set = (): Operation => {
    if (settable.length === 0) return { do: "change", rows: some(rows), exists: exists() };
    const entry = { resource: dice.one(settable), key: key() };
    const written = rowsToSet(entry.key, dice.chance(0.5));
    return { do: "set", ...entry, rows: written, exists: exists(), announces: dice.chance(0.5) };
  };
  const announce = (): Operation => {
    const verb = dice.chance(0.75) ? "invalidate" : "expire";
    return { do: verb, rows: some(rows) };
  };
  const clear = dice.one<() => Operation>([
    () => ({ do: "pattern", pattern: dice.one([`${resource()}:*`, `*:${key()}`, "*"]) }),
    () => ({ do: "clear" }),
  ]);

  return {
    read: () => [read()],
    "read twice": () => [read(), read()],
    get: () => [{ do: "get", resource: resource(), key: key() }],
    "get many": () => [{ do: "getMany", resource: resource(), keys: some(keys), ...budget }],
    refresh: () => [{ do: "refresh", resource: resource(), key: key() }],
    "refresh many": () => [{ do: "refreshMany", resource: resource(), keys: some(keys) }],
    work: () => [{ do: "work" }],
    announce: () => [announce()],
    change: () => [write(), announce()],
    "change and read": () => [write(), announce(), read()],
    delete: () => [write(), { do: "delete", resource: resource(), keys: some(keys) }, read()],
    clear: () => [write(), clear(), read()],
    walk: () => [write(), { do: "pattern", pattern: `*:${key()}` }, read()],
    "lose a stamp": () => [write(), announce(), { do: "evict", kind: "row stamp" }, read()],
    "announced change": () => [
      { do: "change", rows: some(rows), exists: exists() },
      ...(dice.chance(0.5) ? [read()] : []),
    ],
    set: () => [set(), ...(dice.chance(0.5) ? [read()] : [])],
    force: () => [{ do: "force", resource: resource(), key: key() }],
    wait: () => [{ do: "wait", ms: dice.one(WAITS_MS) }],
  };
}
