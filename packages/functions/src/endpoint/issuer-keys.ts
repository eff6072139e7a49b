import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";

/** API Gateway waits equally long for an issuer. */
const FETCH_TIMEOUT_MS = 1_500;

/** Age from which keys are fetched again: a revoked key is accepted for at most 10 minutes, if the fetch succeeds. */
const FRESH_MS = 600_000;

/**
 * Age up to which keys are used while fetches fail. The age is bounded, because one of the keys may have been
 * revoked.
 */
const KEPT_MS = 86_400_000;

/**
 * Pause after a failed fetch of the key set: 30 s while old keys are usable, 1 s while none are or a token's key is
 * missing.
 */
const RETRY_OLD_MS = 30_000;
const RETRY_MS = 1_000;

/**
 * Time for which a `kid` is not looked up again after the issuer had no such key, and the number of such `kid`s at
 * which no other unknown one is looked up either.
 */
const UNKNOWN_KID_MS = 5_000;
const UNKNOWN_KIDS = 100;

export interface IssuerKeysOptions {
  fetch?: typeof fetch;
  /** The time in epoch milliseconds. */
  now?: () => number;
}

/** Thrown while the issuer's keys cannot be fetched, so that a token cannot be verified. */
export class IssuerUnavailableError extends Error {
  override readonly name = "IssuerUnavailableError";
}

interface KeySet {
  find: JWTVerifyGetKey;
  fetchedMs: number;
}

/**
 * Makes the lookup of a token's key in the set that its issuer publishes at `uri`. jose's own remote set forgets good
 * keys when it cannot fetch, and after each fetch finds no new key during a cool-down.
 */
export function createIssuerKeys(
  uri: string,
  { fetch: fetchKeys = fetch, now = Date.now }: IssuerKeysOptions = {},
): JWTVerifyGetKey {
  let kept: KeySet | undefined;
  let fetching: Promise<KeySet> | undefined;
  let failure: { error: unknown; atMs: number } | undefined;
  const unknownKids = new Map<string, number>();

  async function load(): Promise<KeySet> {
    try {
      const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
      const response = await fetchKeys(uri, {
        headers: { accept: "application/json, application/jwk-set+json" },
        redirect: "manual",
        signal,
      });
      if (response.status !== 200)
        throw new Error(`the issuer's keys came with ${response.status}`);
      // jose checks the set.
      const find = createLocalJWKSet((await response.json()) as JSONWebKeySet);
      failure = undefined;
      return (kept = { find, fetchedMs: now() });
    } catch (error) {
      failure = { error, atMs: now() };
      throw new IssuerUnavailableError("the issuer's keys cannot be fetched", { cause: error });
    } finally {
      fetching = undefined;
    }
  }

  /** Fetches once for all concurrent callers, and not soon after a failed fetch. */
  async function fetchAgain(retryMs: number): Promise<KeySet> {
    if (fetching) return fetching;
    if (failure && now() - failure.atMs < retryMs)
      throw new IssuerUnavailableError("the issuer's keys could not be fetched a moment ago", {
        cause: failure.error,
      });
    return (fetching = load());
  }

  /** The known keys: fresh ones if possible, otherwise old ones, up to a day after their fetch. */
  async function current(): Promise<KeySet> {
    const ageMs = kept ? now() - kept.fetchedMs : Infinity;
    if (kept && ageMs < FRESH_MS) return kept;
    if (!kept || ageMs >= KEPT_MS) return fetchAgain(RETRY_MS);
    const old = kept;
    return fetchAgain(RETRY_OLD_MS).catch(() => old);
  }

  /** True if a key must not be looked up: a moment ago the issuer lacked this key, or too many others. */
  function isKnownToBeUnknown(kid: string): boolean {
    for (const [other, atMs] of unknownKids)
      if (now() - atMs >= UNKNOWN_KID_MS) unknownKids.delete(other);
    return unknownKids.has(kid) || unknownKids.size >= UNKNOWN_KIDS;
  }

  return async (header, token) => {
    const set = await current();
    try {
      return await set.find(header, token);
    } catch (error) {
      const { kid = "" } = header;
      if (!(error instanceof errors.JWKSNoMatchingKey) || isKnownToBeUnknown(kid)) throw error;
      // Another request may have fetched a newer key set meanwhile: it makes a fetch unnecessary.
      const newer = kept && kept !== set ? kept : await fetchAgain(RETRY_MS);
      try {
        return await newer.find(header, token);
      } catch (stillUnknown) {
        unknownKids.set(kid, now());
        throw stillUnknown;
      }
    }
  };
}
