import { checkOptions, COMMON } from "./validate-options.ts";
import { resourceOf } from "./define-resource.ts";
import type { Duration } from "./duration.ts";
import type { Engine } from "./engine/context.ts";
import { refuse } from "./errors.ts";
import { removeKeys } from "./invalidation/invalidate-now.ts";
import { encodeSegment, shorten } from "./key.ts";
import { OWN_KEYS } from "./protocol/key-names.ts";
import type {
  AnySchema,
  Awaitable,
  CommonOptions,
  GivenTags,
  Loaded,
  LoadContext,
  Resource,
  Serializer,
} from "./resource.ts";
import type { Refused } from "./resource-rules.ts";
import { describe } from "./faults.ts";
import { warn } from "./warn.ts";

/**
 * All options of a resource except `name`, `key`, `load`, `loadMany`, `verify` and `enqueueRefresh`. The first two
 * arguments are the key and the loader; no other process has the loader, so readers do the refreshes.
 */
export interface GetOrSetOptions<
  Schema extends AnySchema | undefined = AnySchema | undefined,
  Format extends Serializer | undefined = Serializer | undefined,
>
  extends
    CommonOptions<Schema, Format>,
    Refused<{
      name: "getOrSet: its first argument is the key: leave `name` out";
      key: "getOrSet: its first argument is the key: leave `key` out";
      loadMany: "getOrSet loads one key: give `loadMany` to defineResource or cacheQuery";
      verify: "getOrSet: no other process can load it, so it is not verified: leave `verify` out";
      enqueueRefresh: "getOrSet: no other process can load it: use defineResource or cacheQuery";
    }> {
  tags?: GivenTags;
}

/** Options that are not refused. */
type KeptOptions = CommonOptions & Pick<GetOrSetOptions, "tags">;

/** Resource of one `getOrSet` key. */
export function ownResource<V>(
  key: string,
  load: (context: LoadContext) => Awaitable<V | Loaded<V>>,
  options: Duration | GetOrSetOptions,
): Resource<void, V, void> {
  const text = textOf("getOrSet", key);
  if (typeof load !== "function")
    refuse(
      `getOrSet: its second argument is ${describe(load)}: pass a function that loads the value`,
    );
  if (!/^(?:string|object)$/.test(typeof options))
    refuse(`getOrSet: its third argument is ${describe(options)}: pass "5 minutes", or { ttl, … }`);
  const given: KeptOptions = typeof options === "string" ? { ttl: options } : options;
  checkOptions(given, COMMON, { label: "getOrSet: ", needed: ["ttl"] });
  const resource = resourceOf<void, V, void>({
    ...given,
    name: "getOrSet",
    enqueueRefresh: false,
    load: (_params, _source, context) => load(context),
  });
  return { ...resource, name: OWN_KEYS, isDeclared: false, keyFor: () => text };
}

/** Removes an entry of `getOrSet`. Warns when its key looks like that of a resource. */
export async function removeOwn(
  engine: Engine,
  key: string,
  definitions: ReadonlyMap<string, unknown>,
): Promise<void> {
  const text = textOf("delete", key);
  const [name = ""] = key.split(":", 1);
  if (definitions.has(name)) {
    const mend = `to remove one of the resource's entries, call invalidate(resource, params)`;
    const message = `delete("${name}:…") removes a key of getOrSet, not one of the resource "${name}": ${mend}`;
    warn(message);
  }
  await removeKeys(engine, [text]);
}

/** Escapes in a text only what would let two texts share a key. */
function rawKey(text: string): string {
  return shorten(text.replace(/[%#]|\p{Surrogate}/gu, encodeSegment));
}

function textOf(operation: string, key: unknown): string {
  if (typeof key === "string") return `${OWN_KEYS}:${rawKey(key)}`;
  return refuse(`${operation}: the key is ${describe(key)}: pass a string`);
}
