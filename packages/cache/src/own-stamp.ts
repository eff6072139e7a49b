import { refuse } from "./errors.ts";
import { entryTag } from "./protocol/key-names.ts";
import type { Resource } from "./resource.ts";

/**
 * Gives each entry of a resource a stamp for itself, for resources that other entries are made from (`Loaded.from`).
 * Removing an entry invalidates the entries made from it in any case; with the stamp, already the first load of such an
 * entry is stored. Each look at the resource asks for one more name.
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
