import { checkResource } from "./advisor.ts";
import { type Duration, toMs } from "./duration.ts";
import type { Resource, ResourceOptions } from "./resource.ts";

/** A tenth of `fresh`, but never longer: a thing that is created should not stay "not found" for long. */
const NEGATIVE_LIMIT_MS = 30_000;

/**
 * Declares a cached view. Options that contradict each other throw a CacheError (`definition_invalid`) that says the mend.
 *
 * @example
 * const book = defineResource({
 *   name: "book",
 *   key: ({ id }: { id: number }) => keyOf({ id }),
 *   tags: ({ id }) => [tags.book(id)],
 *   fresh: "10 minutes",
 *   load: ({ id }, db: Database) => db.book(id),
 * });
 */
export function defineResource<Params = void, Value = unknown, Source = void>(
  options: ResourceOptions<Params, Value, Source>,
): Resource<Params, Value, Source> {
  const { name, key = () => "all", tags = () => [], stale = "0 seconds", timeouts = {} } = options;
  const freshMs = toMs(options.fresh);
  const resource: Resource<Params, Value, Source> = {
    name,
    fingerprint: String(options.version ?? 1),
    keyFor: (params) => `${name}:${key(params)}`,
    tagsFor: tags,
    freshMs,
    staleMs: toMs(stale),
    staleIfErrorMs: toMs(options.staleIfError ?? stale),
    negativeMs: negativeMs(options.negative, freshMs),
    jitter: options.jitter ?? 0.1,
    consistency: options.consistency ?? "strong",
    l1TrustMs: options.l1 ? toMs(options.l1.trust ?? "0 seconds") : null,
    isDeclared: true,
    deferrable: options.deferrable ?? true,
    compress: options.compress ?? true,
    softTimeoutMs: timeouts.soft ? toMs(timeouts.soft) : Number.POSITIVE_INFINITY,
    hardTimeoutMs: toMs(timeouts.hard ?? "10 seconds"),
    schema: options.schema,
    load: options.load,
    loadMany: options.loadMany,
  };
  checkResource(resource);
  return Object.freeze(resource);
}

function negativeMs(negative: Duration | false | undefined, freshMs: number): number {
  if (negative === false) return 0;
  return negative === undefined ? Math.min(freshMs / 10, NEGATIVE_LIMIT_MS) : toMs(negative);
}
