import { defineResource, type Resource, type ResourceOptions } from "@algoitny/cache";
import type { z } from "zod";
import type { Source } from "./source.ts";
import type { EntityName } from "./table/entities.ts";
import { STALE, STALE_IF_ERROR, TTL, type TtlClass } from "./ttl.ts";

interface ViewFacts {
  /** Class of its lifetime: `CACHE_<CLASS>_TTL`. */
  readonly ttl: TtlClass;
  /** Entities that it shows anything of: a change of one that cannot be read invalidates the whole view. */
  readonly shows: readonly EntityName[];
}

/** A cached view of the domain. Made by `defineView`, listed in `views.ts`. */
export interface View<Name extends string, Params, Value>
  extends Resource<Params, Value, Source>, ViewFacts {
  readonly name: Name;
  /** Reads parameters that have travelled as JSON: in a message of a queue, for instance. */
  readonly params: z.ZodType<Params>;
}

/** Any view, for tools that treat all of them alike. */
export interface AnyView extends Resource<never, unknown, Source>, ViewFacts {
  readonly params: z.ZodType;
}

type Lifetime = "ttl" | "staleWhileRevalidate" | "staleIfError";

interface ViewOptions<Name extends string, Params, Value>
  extends Omit<ResourceOptions<Params, Value, Source>, Lifetime | "name">, ViewFacts {
  name: Name;
  params: z.ZodType<Params>;
}

/** Declares a cached view: a resource whose lifetime is a class of `ttl.ts`. */
export function defineView<const Name extends string, Params, Value>({
  ttl,
  shows,
  params,
  ...options
}: ViewOptions<Name, Params, Value>): View<Name, Params, Value> {
  const lifetime = {
    ttl: TTL[ttl],
    staleWhileRevalidate: STALE,
    staleIfError: STALE_IF_ERROR,
  };
  // Types that are parameters cannot prove that objects have a key and values are JSON; a test checks every view.
  const resource = defineResource<Params, Value, Source>({ ...options, ...lifetime } as never);
  return Object.freeze({ ...resource, name: options.name, ttl, shows, params });
}
