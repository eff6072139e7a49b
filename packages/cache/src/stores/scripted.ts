import { requireHashTag } from "../advisor.ts";
import type { Store } from "../store.ts";
import type { CommandRoute, RedisPort } from "./redis-port.ts";
import { textsIn } from "./replies.ts";
import { lazyRest } from "./other-operations.ts";

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

/**
 * A store in any Redis or Valkey (7 or newer) that a client reaches: one implementation for all of them. Commands may
 * arrive twice, so a client may send one again.
 *
 * @example
 * const store = createScriptedStore({ send: (command) => client.execute(command) });
 */
export function createScriptedStore(port: RedisPort, options: ScriptedOptions = {}): Store {
  const warned = { isWarned: false };
  const send: Send = async (operation, command, route) => {
    try {
      return await port.send(command, route);
    } catch (error) {
      const { storeError } = await import("./store-error.ts");
      throw storeError(operation, error, warned);
    }
  };

  return {
    accepts: (prefix) => {
      if (port.cluster) requireHashTag(prefix);
    },
    mget: async (keys) => {
      const reply = await send("mget", ["MGET", ...keys], { key: keys[0], readOnly: true });
      return textsIn("mget", reply, keys.length);
    },
    ...lazyRest(async () => (await import("./run-script.ts")).createScripts(send, options)),
  };
}
