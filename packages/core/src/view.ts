import {
  defineResource,
  type ResourceTags,
  type LoadContext,
  type Resource,
  type ResourceOptions,
  withOwnStamp,
} from "@algoitny/cache";
import type * as z from "zod/mini";
import { CoreError } from "./core-error.ts";
import { knownExperiments } from "./experiment/running-experiments.ts";
import { withTriedLifetimes } from "./experiment/tried-lifetime.ts";
import type { Source } from "./source.ts";
import type { EntityName } from "./table/entities.ts";
import { STALE, STALE_IF_ERROR, TTL, type TtlClass } from "./ttl.ts";

interface ViewFacts {
  /** Class of its lifetime: `CACHE_<CLASS>_TTL`. */
  readonly ttl: TtlClass;
  /** Entities of which it shows any field: an unreadable change of one invalidates the whole view. */
  readonly shows: readonly EntityName[];
}

interface RuledView<Params> extends ViewFacts {
  /** Tags of the rules; entries of a recorded view have those of its load's reads instead. */
  readonly ruleTags: ResourceTags<Params> | undefined;
}

/** A cached view of the domain. Made by `defineView`, listed in `views.ts`. */
export interface View<Name extends string, Params, Value>
  extends Resource<Params, Value, Source>, RuledView<Params> {
  readonly name: Name;
  /** Reads parameters that were sent as JSON, in a queue's message for instance. */
  readonly params: z.ZodMiniType<Params>;
}

/** Any view, for tools that treat all of them alike. */
export interface AnyView extends Resource<never, unknown, Source>, RuledView<never> {
  readonly params: z.ZodMiniType;
}

type Lifetime = "ttl" | "staleWhileRevalidate" | "staleIfError";

interface ViewOptions<Name extends string, Params, Value>
  extends Omit<ResourceOptions<Params, Value, Source>, Lifetime | "name">, ViewFacts {
  name: Name;
  params: z.ZodMiniType<Params>;
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
  const own = isRecorded(options.name, process.env) ? recorded(options) : options;
  const { name } = options;
  const keyFor = (given: never): string => resource.keyFor(given);
  const tried = withTriedLifetimes(own, { name, keyFor }, knownExperiments);
  // `never`: generic types cannot prove that objects have a key and values are JSON; a test checks every view.
  const resource = defineResource<Params, Value, Source>({ ...tried, ...lifetime } as never);
  const { freshMs, ...rest } = withOwnStamp(resource);
  const view = { ...rest, name, ttl, shows, params, ruleTags: options.tags };
  // Called at each read, like `mode` and `ramp`: the usual lifetime must not cut off an experiment's longer one.
  const freshness = { enumerable: true, get: () => knownExperiments.longestMs(name, freshMs) };
  return Object.freeze(
    Object.defineProperty(view as View<Name, Params, Value>, "freshMs", freshness),
  );
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Views for which recorded reads invalidate fewer entries than rules do: they are recorded by default. */
const RECORDED_BY_DEFAULT = "problem_detail,history_detail";

/** True for a recorded view: `CACHE_RECORDED_VIEWS` lists these views, or says `all` or `none`. */
export function isRecorded(name: string, env: Environment): boolean {
  const listed = recordedNames(env);
  return listed.includes("all") || listed.includes(name);
}

/** True if some views are recorded: writes then have to invalidate the tags of recorded reads too. */
export const hasRecorded = (env: Environment): boolean => recordedNames(env).length > 0;

/** Throws a CoreError (`invalid`) if the list contains an unknown view. */
export function checkRecorded(names: readonly string[], env: Environment): void {
  const unknown = recordedNames(env).find((name) => name !== "all" && !names.includes(name));
  if (unknown === undefined) return;
  throw new CoreError(
    "invalid",
    `CACHE_RECORDED_VIEWS: "${unknown}" is not a view: write all, none, or some of ${names.join(",")}`,
  );
}

function recordedNames({
  CACHE_RECORDED_VIEWS: list = RECORDED_BY_DEFAULT,
}: Environment): string[] {
  return list.split(",").filter((name) => name !== "" && name !== "none");
}

/** A view without rules and without bulk loads: changes of the items that a load reads invalidate its entry. */
export function recorded<Options extends RecordedParts>({ loadMany: _bulk, ...options }: Options) {
  const load: RecordedParts["load"] = (params, source, context) => {
    const { reads } = context;
    return options.load(params, (reads && source.recorded?.(reads)) ?? source, context);
  };
  return { ...options, tags: "reads" as const, load };
}

interface RecordedParts {
  readonly load: (params: never, source: Source, context: LoadContext) => unknown;
  readonly loadMany?: unknown;
}
