import { checkOptions } from "./advisor.ts";
import { resourceOf } from "./define-resource.ts";
import type { Duration } from "./duration.ts";
import type { Engine } from "./engine/context.ts";
import { CacheError } from "./errors.ts";
import { removeKeys } from "./invalidation/invalidate-now.ts";
import type { NotJson } from "./json-types.ts";
import { encodeSegment, shorten } from "./key.ts";
import { OWN_KEYS } from "./protocol/key-names.ts";
import type {
  Awaitable,
  CommonOptions,
  Loaded,
  LoadContext,
  Resource,
  ThrottledTag,
} from "./resource.ts";
import type { Tag } from "./tag.ts";
import { describe } from "./key-faults.ts";

export interface GetOrSetOptions extends CommonOptions {
  tags?: readonly (Tag | ThrottledTag)[];
}

/** Sentences that say what is wrong with a value, as names of properties that are missing. */
export type GetOrSetRule<V> = [NotJson<V>] extends [never]
  ? unknown
  : { readonly [Sentence in NotJson<V>]: never };

/** Resource of one `getOrSet` key. */
export function ownResource<V>(
  key: string,
  load: (context: LoadContext) => Awaitable<V | Loaded<V>>,
  options: Duration | GetOrSetOptions,
): Resource<void, V, void> {
  const text = textOf("getOrSet", key);
  const given = typeof options === "string" ? { ttl: options } : options;
  checkOptions(given, "getOrSet", { label: "getOrSet: ", needed: ["ttl"] });
  if (typeof load !== "function")
    throw new CacheError("definition_invalid", "getOrSet: load is not a function");
  const { tags = [], ...rest } = given;
  const resource = resourceOf<void, V, void>({
    ...rest,
    name: "getOrSet",
    tags: () => tags,
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
    process.emitWarning(message, "CacheWarning");
  }
  await removeKeys(engine, [text]);
}

/** Any text, with nothing escaped but what would let two texts share a key. */
function rawKey(text: string): string {
  return shorten(text.replace(/[%#]|\p{Surrogate}/gu, encodeSegment));
}

function textOf(operation: string, key: unknown): string {
  if (typeof key === "string") return `${OWN_KEYS}:${rawKey(key)}`;
  throw new CacheError(
    "definition_invalid",
    `${operation}: the key is ${describe(key)}: pass a string`,
  );
}
