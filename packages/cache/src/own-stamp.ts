import { refuse } from "./errors.ts";
import { entryTag } from "./protocol/key-names.ts";
import type { Resource } from "./resource.ts";

/**
 * Gives each entry of a resource its own stamp: for resources from whose entries others are made (`Loaded.from`).
 * Removing an entry invalidates the entries made from it in any case; with the stamp, even the first load of an entry made
 * from it is stored. Each look at an entry of the resource requests one more name.
 *
 * @example
 * const load = (id: number) => database.book(id);
 * const row = withOwnStamp(defineResource({ name: "row", ttl: "1 hour", load }));
 */
export function withOwnStamp<Kind extends Resource<never, unknown, never>>(resource: Kind): Kind {
  const { keyFor, tagsFor } = resource;
  if (!keyFor) refuse("withOwnStamp: pass what defineResource returns");
  return Object.freeze({
    ...resource,
    tagsFor: (params: never) => [entryTag(keyFor(params)), ...tagsFor(params)],
  });
}
