import { checkResource } from "./advisor.ts";
import { type Duration, toMs } from "./duration.ts";
import { resourceTag } from "./protocol/key-names.ts";
import type { Resource, ResourceOptions } from "./resource.ts";

/** A tenth of `ttl`, but never longer: a thing that is created should not stay "not found" for long. */
const NEGATIVE_LIMIT_MS = 30_000;

/**
 * Declares a cached view. Options that contradict each other throw a CacheError (`definition_invalid`) that says the mend.
 *
 * @example
 * const book = defineResource({
 *   name: "book",
 *   key: ({ id }: { id: number }) => keyOf({ id }),
 *   tags: ({ id }) => [tags.book(id)],
 *   ttl: "10 minutes",
 *   load: ({ id }, db: Database) => db.book(id),
 * });
 */
export function defineResource<Params = void, Value = unknown, Source = void>(
  options: ResourceOptions<Params, Value, Source>,
): Resource<Params, Value, Source> {
  const { name, key = () => "all", tags = () => [], l1 = false } = options;
  const freshMs = toMs(options.ttl);
  const staleMs = toMs(options.staleWhileRevalidate ?? "0 seconds");
  const resource: Resource<Params, Value, Source> = {
    name,
    tag: resourceTag({ name }),
    fingerprint: String(options.version ?? 1),
    keyFor: (params) => `${name}:${key(params)}`,
    tagsFor: tags,
    freshMs,
    staleMs,
    staleIfErrorMs: options.staleIfError === undefined ? staleMs : toMs(options.staleIfError),
    negativeMs: negativeMs(options.negativeTtl, freshMs),
    jitter: options.jitter ?? 0.1,
    consistency: options.consistency ?? "strong",
    l1TrustMs: l1TrustMs(l1),
    isDeclared: true,
    deferrable: options.enqueueRefresh ?? true,
    compress: options.compression !== false,
    softTimeoutMs: options.softTimeout ? toMs(options.softTimeout) : Number.POSITIVE_INFINITY,
    hardTimeoutMs: toMs(options.hardTimeout ?? "10 seconds"),
    schema: options.schema,
    load: options.load,
    loadMany: options.loadMany,
  };
  checkResource(resource);
  return Object.freeze(resource);
}

function negativeMs(negativeTtl: Duration | false | undefined, freshMs: number): number {
  if (negativeTtl === false) return 0;
  return negativeTtl === undefined ? Math.min(freshMs / 10, NEGATIVE_LIMIT_MS) : toMs(negativeTtl);
}

function l1TrustMs(l1: boolean | { readonly revalidateAfter: Duration }): number | null {
  if (l1 === false) return null;
  return l1 === true ? 0 : toMs(l1.revalidateAfter);
}
