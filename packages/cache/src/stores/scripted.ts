import { CacheError } from "../errors.ts";
import type { Store } from "../store.ts";
import type { CommandRoute, RedisPort } from "./redis-port.ts";
import { textsIn } from "./replies.ts";

export interface ScriptedOptions {
  /** First line of every script, such as `#!lua flags=allow-key-locking`. Default: none. */
  scriptHeader?: string;
  /** Whether scripts travel as digests, and whole only to a server that lacks them. Default true. */
  evalsha?: boolean;
}

/** Sends one command on behalf of an operation; rejects with CacheErrors that carry neither keys nor values. */
export type Send = (
  operation: string,
  command: readonly string[],
  route: CommandRoute,
) => Promise<unknown>;

/** Everything that a hit does not need. */
const loadScripts = () => import("./run-script.ts");

/**
 * A store in any Redis or Valkey (7 or newer) that a client reaches: one implementation for all of them. Commands may
 * arrive twice, so a client may send one again.
 *
 * @example
 * const store = createScriptedStore({ send: (command) => client.execute(command) });
 */
export function createScriptedStore(port: RedisPort, options: ScriptedOptions = {}): Store {
  let isWarned = false;
  const send: Send = async (operation, command, route) => {
    try {
      return await port.send(command, route);
    } catch (error) {
      const { storeError, warn } = await import("./store-error.ts");
      const failure = storeError(operation, error);
      if (failure.code === "store_misconfigured" && !isWarned) {
        isWarned = true;
        warn(failure);
      }
      throw failure;
    }
  };
  let scripts: ReturnType<typeof prepare> | undefined;
  const prepare = async () => (await loadScripts()).createScripts(send, options);
  const prepared = () => (scripts ??= prepare());

  return {
    accepts: (prefix) => {
      if (port.cluster === true) requireHashTag(prefix);
    },
    mget: async (keys) => {
      const reply = await send("mget", ["MGET", ...keys], { key: keys[0], readOnly: true });
      return textsIn("mget", reply, keys.length);
    },
    lease: async (batch) => (await prepared()).lease(batch),
    commit: async (batch) => (await prepared()).commit(batch),
    begin: async (request) => (await prepared()).begin(request),
    end: async (request) => (await prepared()).end(request),
    beat: async (request) => (await prepared()).beat(request),
    release: async (request) => (await prepared()).release(request),
    expire: async (request) => (await prepared()).expire(request),
    delete: async (keys) => (await prepared()).delete(keys),
    walk: async (request) => (await prepared()).walk(request),
  };
}

/** A cluster keeps what belongs together on one node when it shares what stands in braces. */
function requireHashTag(prefix: string): void {
  if (/\{[^{}]+\}/.test(prefix)) return;
  const [name = ""] = prefix.split(":");
  throw new CacheError(
    "definition_invalid",
    `prefix "${prefix}": Redis Cluster keeps a cache in one slot: write "{${name}}${prefix.slice(name.length)}"`,
  );
}
