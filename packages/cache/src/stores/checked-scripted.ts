import { refuse } from "../errors.ts";
import { checkGiven, describe } from "../faults.ts";
import type { Store } from "../store.ts";
import type { RedisPort } from "./redis-port.ts";
import { type ScriptedOptions, scriptedStore } from "./scripted.ts";

/**
 * A store in any Redis or Valkey (7 or newer) that a client reaches: all clients share one implementation. A command
 * that arrives twice does no harm, so a client may send it again.
 *
 * @example
 * const store = createScriptedStore({ send: (command) => client.execute(command) });
 */
export function createScriptedStore(port: RedisPort, options: ScriptedOptions = {}): Store {
  const about = "createScriptedStore: ";
  if (typeof (port as Partial<RedisPort> | undefined)?.send !== "function")
    refuse(`${about}got ${describe(port)}: pass { send }, as in { send: (command) => … }`);
  checkGiven(options, "scriptHeader", about);
  return scriptedStore(port, options);
}
