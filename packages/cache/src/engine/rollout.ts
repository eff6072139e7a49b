import { emit } from "../events.ts";
import { CacheError } from "../errors.ts";
import type { AnyResource, Rollout } from "../resource.ts";
import type { Engine } from "./context.ts";
import { areSame, entryInPlace } from "./compare.ts";
import { createEffort, type Leased } from "./effort.ts";
import { exchange } from "./exchange.ts";
import { fetchStored } from "./fetch.ts";
import { requestLeases } from "./lease.ts";
import { loadAndCommit, loadApart } from "./load-and-commit.ts";
import { type Found, lookUp } from "./lookup.ts";
import { reportMiss } from "./obtain.ts";
import type { AnyRead } from "./read-context.ts";
import type { ReadDetail, Served } from "./served.ts";
import { warn } from "../warn.ts";

/** Reads of a resource with `mode` or `ramp`: keys outside the ramp and reads in shadow mode go to the origin. */
export async function fetchInRollout(
  engine: Engine,
  reads: readonly AnyRead[],
): Promise<Promise<Served>[]> {
  const { resource } = reads[0] as AnyRead;
  const { mode, ramp } = settingOf(resource);
  const inCache = reads.filter(({ keys }) => isRamped(keys.key, ramp));
  // Reads outside the ramp do not wait for the store.
  const served = loadOthers(engine, reads, new Set(inCache), "ramp");
  const cached =
    mode === "shadow" ? await fetchInShadow(engine, inCache) : await fetchStored(engine, inCache);
  for (const [index, read] of inCache.entries()) served.set(read, cached[index] as Promise<Served>);
  return reads.map((read) => served.get(read) as Promise<Served>);
}

/** True if a read may be served the stored entry. */
export function mayServeStored({ resource, keys }: AnyRead): boolean {
  const { mode, ramp } = settingOf(resource);
  return mode === "on" && isRamped(keys.key, ramp);
}

/** Refuses a snapshot unless the cache serves all keys: the origin cannot give one. */
export function requireWhole(resource: AnyResource): void {
  const { mode, ramp } = settingOf(resource);
  if (mode === "on" && ramp === 100) return;
  const message = `resource "${resource.name}": no snapshot in shadow mode or below a ramp of 100: read without \`snapshot\``;
  throw new CacheError("definition_invalid", message);
}

interface Setting {
  readonly mode: string;
  readonly ramp: number;
}

const warned = new Set<string>();

/**
 * Current values of the switches. A switch that throws, or returns an invalid value, bypasses the cache: the origin is
 * always right.
 */
function settingOf({ name, rollout }: AnyResource): Setting {
  const { mode = "on", ramp = 100 } = rollout as Rollout;
  let why: unknown = "they must be `on` or `shadow`, and a number from 0 to 100";
  try {
    const said = {
      mode: typeof mode === "function" ? mode() : mode,
      ramp: typeof ramp === "function" ? ramp() : ramp,
    };
    if (["on", "shadow"].includes(said.mode) && said.ramp >= 0 && said.ramp <= 100) return said;
  } catch (error) {
    why = error;
  }
  if (!warned.has(name)) {
    warned.add(name);
    const message = `resource "${name}": \`mode\` or \`ramp\` failed, so its reads go to the origin: ${String(why)}`;
    warn(message);
  }
  return { mode: "on", ramp: 0 };
}

/** True for keys in the current share: by hash, the same in every process; a larger share includes a smaller one. */
function isRamped(key: string, ramp: number): boolean {
  return (hashOf(key) / 2 ** 32) * 100 < ramp;
}

/** 32-bit FNV-1a, mixed once more because its high bits depend little on the last characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Loads the reads that are not `cached`, as without a cache: nothing is shared, stored or delayed. */
function loadOthers(
  engine: Engine,
  reads: readonly AnyRead[],
  cached: { has(read: AnyRead): boolean },
  detail: ReadDetail,
): Map<AnyRead, Promise<Served>> {
  const others = reads.filter((read) => !cached.has(read));
  const loading = loadApart(engine, others, detail, { isBounded: false });
  return new Map(others.map((read, index) => [read, loading[index] as Promise<Served>]));
}

/**
 * Fills the cache as reads do, but serves what this read itself loads, and never waits for others. Compares the loaded
 * value with the stored one that could have been served.
 */
async function fetchInShadow(
  engine: Engine,
  reads: readonly AnyRead[],
): Promise<Promise<Served>[]> {
  const found = await lookUp(engine, reads);
  const missing = found.filter(({ look }) => look.state !== "fresh");
  missing.forEach(reportMiss);
  const { granted } = await requestLeases(engine, missing.map(createEffort));
  const filling = new Map(granted.map((effort) => [effort.read, effort]));
  void loadAndCommit(engine, granted.map(withoutFallback));
  const apart = loadOthers(engine, reads, filling, "shadow");
  const served = found.map((each) => {
    const effort = filling.get(each.read);
    if (effort) return endOld(engine, effort);
    const loading = apart.get(each.read) as Promise<Served>;
    return each.look.state === "fresh" ? compared(engine, each, loading) : loading;
  });
  // Each is awaited by its own reader; until then a failure must not count as unhandled.
  for (const each of served) each.catch(() => undefined);
  return served;
}

/** A load that fails rejects, as without a cache. */
function withoutFallback(effort: Leased): Leased {
  return { ...effort, fallback: null };
}

/** Removes the old entry if the loader or the resource excluded the new value from storage. */
async function endOld(engine: Engine, { read, look, served }: Leased): Promise<Served> {
  const result = await served;
  const isOld = look.state !== "miss" && look.state !== "down";
  if (isOld && result.detail === "not-stored")
    await exchange(engine, read, (store) => store.delete([read.keys.entryKey]));
  return result;
}

/**
 * Compares the stored value with the loaded one and reports the result. If they differ, a second look distinguishes an
 * invalidation during the load from a missing one.
 */
async function compared(
  engine: Engine,
  { read, look }: Found,
  loading: Promise<Served>,
): Promise<Served> {
  const served = await loading;
  if (look.state !== "fresh") return served;
  const { entry } = look;
  let outcome: "same" | "different" | "outdated" = "same";
  if (!(await areSame({ entry }, served))) {
    // If the store does not answer, no invalidation is reported as missing.
    const current = await entryInPlace(engine, read, entry.id).catch(() => null);
    outcome = current ? "different" : "outdated";
  }
  const ageMs = engine.clock.now() - entry.header.createdMs;
  const { name } = read.resource;
  emit(() => ({ type: "shadow", resource: name, key: read.keys.key, outcome, ageMs }));
  return served;
}
