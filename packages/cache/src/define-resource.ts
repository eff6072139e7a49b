import { checkTags } from "./faults.ts";
import { checkOptions, checkResource, NAMED } from "./validate-options.ts";
import { type Duration, toMs } from "./duration.ts";
import { keyText, ownKey } from "./key.ts";
import { resourceTag } from "./protocol/key-names.ts";
import type { AnySchema, Resource, ResourceOptions, Serializer } from "./resource.ts";
import type { KeyRule, NoInfer_, Result, ValueRule } from "./resource-rules.ts";

/** Upper bound of the default `negativeTtl`: 30 s, because a newly created item should not stay "not found" for long. */
const NEGATIVE_LIMIT_MS = 30_000;

/**
 * Defines a resource. Missing, unknown or contradictory options throw a CacheError (`definition_invalid`) that says how to
 * correct them.
 *
 * @example
 * const book = defineResource({
 *   name: "book",
 *   key: ({ id }: { id: number }) => ({ id }),
 *   tags: ({ id }) => [tags.book(id)],
 *   ttl: "10 minutes",
 *   load: ({ id }, db: Database) => db.book(id),
 * });
 */
export function defineResource<
  Params = void,
  Value = unknown,
  Source = void,
  Schema extends AnySchema | undefined = undefined,
  Format extends Serializer | undefined = undefined,
>(
  options: ResourceOptions<Params, Value, Source, Schema, Format> &
    KeyRule<NoInfer_<Params>> &
    ValueRule<NoInfer_<Value>, NoInfer_<Schema>, NoInfer_<Format>>,
): Resource<Params, Result<Value, Schema>, Source> {
  checkOptions(options, `${NAMED} load`, { needed: ["name", "ttl", "load"] });
  return resourceOf(
    options as ResourceOptions<Params, Value, Source, Schema, Serializer | undefined>,
  ) as Resource<Params, Result<Value, Schema>, Source>;
}

/** Makes the resource of validated options; `ownKeyOf` returns the part of the parameters that is the default key. */
export function resourceOf<Params, Value, Source>(
  options: ResourceOptions<Params, Value, Source, AnySchema | undefined, Serializer | undefined>,
  { ownKeyOf = (params) => params }: { ownKeyOf?: (params: Params) => unknown } = {},
): Resource<Params, Value, Source> {
  const { name, key, tags = [], l1 = false, isNotFound = isAbsent, mode, ramp } = options;
  const { staleIfError, softTimeout } = options;
  const about = `resource "${name}": `;
  const { revalidateAfter, share } = l1 === true ? {} : l1 || {};
  const freshMs = toMs(options.ttl);
  const staleMs = toMs(options.staleWhileRevalidate ?? "0 seconds");
  const resource: Resource<Params, Value, Source> = {
    name,
    tag: resourceTag(name),
    // A serializer cannot read text that JSON wrote, nor JSON text that a serializer wrote.
    fingerprint: `${options.version ?? 1}${options.serializer ? "~" : ""}`,
    key,
    keyFor: key
      ? (params) => `${name}:${keyText(key(params), `${about}key`)}`
      : (params) => `${name}:${ownKey(ownKeyOf(params), about)}`,
    tagsFor: (params) => checkTags(typeof tags === "function" ? tags(params) : tags, about),
    freshMs,
    staleMs,
    staleIfErrorMs: staleIfError === undefined ? staleMs : toMs(staleIfError),
    negativeMs: negativeMs(options.negativeTtl, freshMs),
    jitter: options.jitter ?? 0.1,
    consistency: options.consistency ?? "strong",
    l1TrustMs: l1 ? toMs(revalidateAfter ?? "0 seconds") : null,
    isShared: share,
    isDeclared: true,
    deferrable: options.enqueueRefresh ?? true,
    verifiable: options.verify ?? true,
    compression: options.compression ?? "br",
    softTimeoutMs: softTimeout ? toMs(softTimeout) : Infinity,
    hardTimeoutMs: toMs(options.hardTimeout ?? "10 seconds"),
    isNotFound,
    rollout: mode === undefined && ramp === undefined ? null : { mode, ramp },
    schema: options.schema,
    serializer: options.serializer,
    load: options.load,
    loadMany: options.loadMany,
  };
  checkResource(resource);
  return Object.freeze(resource);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function negativeMs(negativeTtl: Duration | false | undefined, freshMs: number): number {
  if (negativeTtl === false) return 0;
  return negativeTtl === undefined ? Math.min(freshMs / 10, NEGATIVE_LIMIT_MS) : toMs(negativeTtl);
}
