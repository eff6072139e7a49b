import { emit } from "../events.ts";
import { sameValue } from "../json-value.ts";
import { CacheError } from "../errors.ts";
import type { Entry } from "../protocol/entry.ts";
import type { AnyResource, Rollout } from "../resource.ts";
import type { Engine } from "./context.ts";
import { decodeServed } from "./decode.ts";
import { createEffort, type Effort, type Leased } from "./effort.ts";
import { exchange } from "./exchange.ts";
import { fetchAll } from "./fetch.ts";
import { requestLeases } from "./lease.ts";
import { loadAndCommit, loadUnleased } from "./load-and-commit.ts";
import { type Found, lookUp } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import type { ReadDetail, Served } from "./served.ts";

/** Reads of a resource with `mode` or `ramp`: what is not ramped up goes to the origin, as does what is in the shadow. */
export async function fetchInRollout(
  engine: Engine,
  reads: readonly AnyRead[],
): Promise<Promise<Served>[]> {
  const { resource } = reads[0] as AnyRead;
  const { mode, ramp } = settingOf(resource);
  const inCache = reads.filter(({ keys }) => isRamped(keys.key, ramp));
  const isInCache = new Set(inCache);
  // They do not wait for the store.
  const served = loadApart(
    engine,
    reads.filter((read) => !isInCache.has(read)),
    "ramp",
  );
  const cached =
    mode === "shadow"
      ? await fetchInShadow(engine, inCache)
      : await fetchAll(engine, inCache.map(withoutRollout));
  for (const [index, read] of inCache.entries()) served.set(read, cached[index] as Promise<Served>);
  return reads.map((read) => served.get(read) as Promise<Served>);
}

/** True when a read may be served the stored entry. */
export function mayServeStored({ resource, keys }: AnyRead): boolean {
  const { mode, ramp } = settingOf(resource);
  return mode === "on" && isRamped(keys.key, ramp);
}

/** Throws where values of one moment are asked for, which the origin alone cannot give. */
export function requireWhole(resource: AnyResource): void {
  const { mode, ramp } = settingOf(resource);
  if (mode === "on" && ramp === 100) return;
  const message = `resource "${resource.name}": no snapshot while it is in the shadow or not ramped up whole: read without \`snapshot\``;
  throw new CacheError("definition_invalid", message);
}

function withoutRollout(read: AnyRead): AnyRead {
  return { ...read, resource: { ...read.resource, rollout: null } };
}

interface Setting {
  readonly mode: string;
  readonly ramp: number;
}

const warned = new Set<string>();

/**
 * Current values of the switches. One that throws, or returns anything else, bypasses the cache: the origin is always
 * right.
 */
function settingOf({ name, rollout }: AnyResource): Setting {
  const { mode = "on", ramp = 100 } = rollout as Rollout;
  let why: unknown = "they have to say `on` or `shadow`, and a number from 0 to 100";
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
    process.emitWarning(message, "CacheWarning");
  }
  return { mode: "on", ramp: 0 };
}

/**
 * True for keys in the share that is ramped up: by hash, the same in every process; a larger share includes a smaller
 * one.
 */
function isRamped(key: string, ramp: number): boolean {
  return (hashOf(key) / 2 ** 32) * 100 < ramp;
}

/** FNV-1a of 32 bits, mixed once more since its high bits say little about the last characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Loads for each reader alone, as without a cache: nothing is shared, stored or made to wait. */
function loadApart(
  engine: Engine,
  reads: readonly AnyRead[],
  detail: ReadDetail,
): Map<AnyRead, Promise<Served>> {
  const efforts = reads.map((read) =>
    createEffort({ read, look: { state: "down", pending: false }, closedMs: null }),
  );
  loadUnleased(engine, efforts, detail, { isBounded: false });
  return new Map(efforts.map(({ read, served }) => [read, served]));
}

/**
 * Fills the cache as reads do, but serves what this read loads itself, and never waits for others. What is stored and could
 * have been served is compared with it.
 */
async function fetchInShadow(
  engine: Engine,
  reads: readonly AnyRead[],
): Promise<Promise<Served>[]> {
  const found = await lookUp(engine, reads);
  const missing = found.filter(({ look }) => look.state !== "fresh").map(toMiss);
  const { granted } = await requestLeases(engine, missing);
  const filling = new Map(granted.map((effort) => [effort.read, effort]));
  void loadAndCommit(engine, granted.map(withoutFallback));
  const apart = loadApart(
    engine,
    reads.filter((read) => !filling.has(read)),
    "shadow",
  );
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

function toMiss(found: Found): Effort {
  const { read, look } = found;
  if (look.state === "miss")
    emit(() => ({
      type: "miss",
      resource: read.resource.name,
      key: read.keys.key,
      reason: look.reason,
    }));
  return createEffort(found);
}

/** A load that fails rejects, as without a cache. */
function withoutFallback(effort: Leased): Leased {
  return { ...effort, fallback: null };
}

/** Removes the old entry where its loader said that the new value is not to be kept. */
async function endOld(engine: Engine, { read, look, served }: Leased): Promise<Served> {
  const result = await served;
  const isOld = look.state !== "miss" && look.state !== "down";
  if (isOld && result.detail === "not-stored")
    await exchange(engine, read, (store) => store.delete([read.keys.entryKey]));
  return result;
}

/**
 * Compares the stored value with the loaded one and reports the result. If they differ, a second look distinguishes an
 * invalidation during the load from one that is missing.
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
  if (!(await areSame(hitOf(entry), served))) {
    const [now] = await lookUp(engine, [read]);
    const isCurrent = now?.look.state === "fresh" && now.look.entry.id === entry.id;
    outcome = isCurrent ? "different" : "outdated";
  }
  const ageMs = engine.clock.now() - entry.header.createdMs;
  const { name } = read.resource;
  emit(() => ({ type: "shadow", resource: name, key: read.keys.key, outcome, ageMs }));
  return served;
}

function hitOf(entry: Entry): Served {
  return { status: "hit", stored: false, collapsed: false, entry, asOf: 0 };
}

/** True when the origin's value differs from an entry's. Rejects as the loader does. */
export async function differsFromOrigin(
  engine: Engine,
  read: AnyRead,
  entry: Entry,
): Promise<boolean> {
  const [loading] = loadApart(engine, [read], "not-stored").values();
  return !(await areSame(hitOf(entry), await (loading as Promise<Served>)));
}

async function areSame(stored: Served, loaded: Served): Promise<boolean> {
  const [left, right] = [stored.entry.header, loaded.entry.header];
  if (left.status !== right.status) return false;
  if (left.status === 404 || left.etag === right.etag) return true;
  const { loaded: _asLoaded, ...asStored } = loaded;
  // Values of a serializer may look equal to code that does not know their classes.
  if (left.kind === "custom") return false;
  const one = await decodeServed({}, stored);
  const other = await decodeServed({}, asStored);
  return one.fits && other.fits && sameValue(one.value, other.value);
}
