import { type CacheEntry, toCacheEntry } from "./cache-entry.ts";
import type { Engine } from "./engine/context.ts";
import { fetch, serveFound, serveFresh } from "./engine/fetch.ts";
import { type Found, lookAt } from "./engine/lookup.ts";
import type { AnyRead } from "./engine/read-context.ts";
import type { Served } from "./engine/served.ts";
import { refuse } from "./errors.ts";
import { describe } from "./faults.ts";
import { ANY_ETAG, bodylessText, etagFields } from "./protocol/copies.ts";

/** Captures an ETag without its suffix: an answer in another coding than the stored one names its coding there. */
const ENTITY_TAG = /"([\x21\x23-\x7e\x80-\uffff]+?)(?:-(?:br|gzip|identity))?"/g;

/** Highest number of a client's copies that are compared: 8. */
const MOST_COPIES = 8;

/**
 * Reads an entry for a client that has copies, with one command: without its body if one of the copies is current. An
 * entry that is not fresh is read as for any other client.
 */
export async function revalidate<Value>(
  engine: Engine,
  read: AnyRead,
  ifNoneMatch: string,
  startMs: number,
): Promise<CacheEntry<Value>> {
  const whole = async () =>
    toCacheEntry<Value>(
      engine,
      read,
      await fetch(engine, { ...read, tick: engine.tick() }),
      startMs,
    );
  if (typeof ifNoneMatch !== "string")
    refuse(`ifNoneMatch is ${describe(ifNoneMatch)}: pass the header's text`);
  const etags = etagsIn(ifNoneMatch);
  if (etags.length === 0 || !mayBeSpared(engine, read)) return whole();
  const { found, isSpared } = await lookFor(engine, read, etags);
  if (!isSpared) {
    const [served] = await serveFound(engine, [found]);
    return toCacheEntry(engine, read, await (served as Promise<Served>), startMs);
  }
  const served = serveFresh(engine, found);
  if (served === undefined) return whole();
  if (engine.verify && engine.random() < engine.verify.rate)
    await (await import("./engine/verify.ts")).enqueueChecks(engine, [found]);
  const entry = toCacheEntry<Value>(engine, read, served, startMs);
  return { ...entry, whole, value: async () => (await whole()).value() };
}

/** Weak comparison: ignores `W/` before an ETag (RFC 9110 §13.1.2). */
function etagsIn(ifNoneMatch: string): string[] {
  if (ifNoneMatch.trim() === "*") return [ANY_ETAG];
  const named = [...ifNoneMatch.matchAll(ENTITY_TAG)].slice(0, MOST_COPIES);
  return named.flatMap(([, etag]) => etagFields(etag as string));
}

/**
 * False in three cases: a replica may answer, which runs no script; the process may have the body itself (`l1`); or `mode`
 * or `ramp` may require a load.
 */
function mayBeSpared(engine: Engine, read: AnyRead): boolean {
  const { rollout, l1TrustMs } = read.resource;
  const asksPrimary = read.isExact || engine.reads === "primary";
  return asksPrimary && rollout === null && l1TrustMs === null;
}

/** Placeholder for each stamp of an entry whose stamps are current: it equals itself, and no stamp of the store. */
const IN_FORCE = "=";

async function lookFor(
  engine: Engine,
  read: AnyRead,
  etags: readonly string[],
): Promise<{ found: Found; isSpared: boolean }> {
  const otherCount = engine.maxStalenessMs === Infinity ? 0 : 1;
  let isSpared = false;
  const [found] = await lookAt(engine, [read], {
    request: async (store, keys) => {
      const stampCount = keys.length - 1 - otherCount;
      const values = await store.revalidate({ keys, stampCount, etags });
      const [head = null, ...others] = values;
      isSpared = values.length < keys.length && head !== null;
      if (!isSpared) return values;
      const stamps = Array.from({ length: stampCount }, () => IN_FORCE);
      return [bodylessText(head as string, stamps), ...stamps, ...others];
    },
  });
  return { found: found as Found, isSpared };
}
