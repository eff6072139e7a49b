import { requireHashTag } from "../validate-options.ts";
import type { Store } from "../store.ts";
import { lazyRest } from "./other-operations.ts";
import type { CommandRoute, RedisPort } from "./redis-port.ts";
import { textsIn } from "./replies.ts";
import type { Scripts } from "./run-script.ts";

/**
 * Script of a look. It counts as a write (see `LOOK_HEADER`): only the primary runs it, and the primary refuses it
 * whenever it would refuse an invalidation.
 */
export const LOOK = "return redis.call('MGET',unpack(KEYS))";

/** Highest number of names that `unpack` passes to one command: Lua's limit is just under 8,000. */
const MOST_UNPACKED = 5_000;

export interface ScriptedOptions {
  /**
   * First line of every script that uses nothing but its KEYS, such as `#!lua flags=allow-key-locking`; all scripts are
   * then sent by EVAL, which suits REST: an EVALSHA of a script that the server does not know costs a second round
   * trip. Default: none, and EVALSHA.
   */
  scriptHeader?: string;
}

/** Sends one command on behalf of an operation; rejects with CacheErrors that contain neither keys nor values. */
export type Send = (
  operation: string,
  command: readonly string[],
  route: CommandRoute,
) => Promise<unknown>;

/** The common implementation of all Redis stores, over a port that sends commands. */
export function scriptedStore(port: RedisPort, options: ScriptedOptions = {}): Store {
  const send: Send = async (operation, command, route) => {
    try {
      return await port.send(command, route);
    } catch (error) {
      const { storeError } = await import("./store-error.ts");
      throw storeError(operation, error, port);
    }
  };

  const { scriptHeader } = options;
  let made: Promise<Scripts> | undefined;
  const scripts = () =>
    (made ??= import("./run-script.ts").then(({ createScripts }) => createScripts(send, options)));
  return {
    accepts: (prefix) => {
      if (port.cluster) requireHashTag(prefix);
    },
    mget: async (keys, from) => {
      const readOnly = from === "any";
      const isMany = keys.length > MOST_UNPACKED;
      if (!readOnly && (isMany || !scriptHeader))
        return (await scripts()).look(isMany ? null : LOOK, keys);
      const first = readOnly ? ["MGET"] : ["EVAL", `${scriptHeader}\n${LOOK}`, `${keys.length}`];
      const reply = await send("mget", [...first, ...keys], { key: keys[0], readOnly });
      return textsIn("mget", reply, keys.length);
    },
    ...lazyRest(scripts),
  };
}
