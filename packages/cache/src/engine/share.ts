import { emit } from "../events.ts";
import { NO_ETAG } from "../protocol/entry.ts";
import type { Engine } from "./context.ts";
import { isPending } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import type { Served } from "./served.ts";

/**
 * The result of another read's load for a read that joined it; undefined if the value is not recent enough or cannot be
 * shared.
 */
export function share(engine: Engine, read: AnyRead, served: Served): Served | undefined {
  const { keys, resource, tick } = read;
  const { header } = served.entry;
  // JSON changes a value that cannot be stored: only the read that loaded the value itself may use its entry.
  const isWhole = header.etag !== NO_ETAG || header.status === 404;
  const isSound = isWhole && !isPending(engine, read, served.entry);
  if (!isSound || !engine.policy.mayShare(tick, served.asOf)) return undefined;
  emit(() => ({ type: "collapsed", resource: resource.name, key: keys.key, where: "process" }));
  const { loaded: _ownValue, loadMs: _ownTime, ...shared } = served;
  return { ...shared, stored: false, collapsed: true };
}
