import { type Cache, Loaded, type CacheEntry, type Resource, type Tag } from "@algoitny/cache";
import { knownExperiments } from "@algoitny/core/experiment/running-experiments";
import type { Source } from "@algoitny/core/source";
import type { Hide } from "@algoitny/core/table/database";
import type { Change } from "@algoitny/core/table/entities";
import { type Precondition, requireHolds } from "@algoitny/core/validators";
import type { Tables } from "@algoitny/core/tables";
import type { ViewName } from "@algoitny/core/views";
import type { Context } from "aws-lambda";
import type { Caller, Identify } from "./identity.ts";
import { describeError, type Log } from "../telemetry/log.ts";
import { type RouteKey, routes } from "../deployment/routes.ts";
import type { Observer } from "../telemetry/observe.ts";
import { noteOutcome } from "../telemetry/outcome.ts";
import { addArmMetric, addMetric, note } from "../telemetry/scope.ts";
import { type Answer, type Audience, toResult } from "./answer.ts";
import { cacheGroups } from "./cache-groups.ts";
import type { HttpEvent, HttpResult } from "./http-event.ts";
import { HttpError, unauthorized } from "./http-error.ts";
import { type Input, parseInput, type Shape } from "./input.ts";
import type { Computed } from "./computed.ts";
import { type Reading, type RequestMeter, timingHeader } from "./request-stats.ts";
import { createPace } from "./pace.ts";
import { problemResult } from "./problem-document.ts";
import { withinLimit } from "./result-limit.ts";
import { withStandardHeaders } from "./standard-headers.ts";

/** Services that every endpoint needs; `http-runtime.ts` has the real ones. */
export interface Services {
  cache: Cache;
  identify: Identify;
  /** Throws for a request that bypassed the edge, if the stage has an edge. */
  requireOrigin: (event: HttpEvent) => void;
  log: Log;
  /** Id of a key in log lines. */
  keyId: (key: string) => string;
  observe: Observer["observe"];
  /** A source whose database calls are counted by the meter, and whose writes that hide something go through `hide`. */
  openSource: (meter: RequestMeter, hide: Hide, remainingMs: () => number) => Source;
  /** Awaited after a miss or a stale answer: publishes this instance's read counts. It never rejects. */
  afterMiss: () => Promise<void>;
}

/** A view with one of the names in `core/views.ts`. Another one does not compile. */
type NamedView<Name extends string, Params, Value> = Resource<Params, Value, Source> & {
  readonly name: Name;
};

/** One request as its handler sees it. */
export interface Call<Who extends Caller | null, Name extends string> {
  caller: Who;
  cache: Cache;
  source: Source;
  tables: () => Promise<Tables>;
  /** Passed to the write of an item by a handler that `decidesPreconditions`. */
  precondition: Precondition | undefined;
  remainingMs: () => number;
  /** Reads a cached view; the response's headers report hit, miss, age and cost. */
  read: <Params, Value>(
    view: NamedView<Name, Params, Value>,
    params: Params,
  ) => Promise<CacheEntry<Value>>;
  /** Answers with JSON that is computed from cached views and has no entry: a hit if that caused no request to the database. */
  compute: (make: () => Promise<Computed>) => Promise<Reading>;
  /** Selects the reading that the response's headers report. */
  show: (reading: Reading) => Promise<void>;
  /**
   * Loads a view past the cache: a write answers with the item as its own GET would return it, or with a message if the
   * load fails. An error would make the client repeat a write that has been made.
   */
  load: <Params, Value>(
    view: NamedView<Name, Params, Value>,
    params: Params,
  ) => Promise<Loaded<Value | undefined | { message: string }>>;
  /**
   * Invalidates every cached view that the changes affect, unless the write itself has done so. Await it before a write
   * answers; it never rejects.
   */
  changed: (changes: readonly Change[]) => Promise<void>;
  /** Reports tags that the handler itself has invalidated. */
  invalidated: (tags: readonly Tag[]) => void;
}

type CallerOf<Key extends RouteKey> = (typeof routes)[Key]["auth"] extends "none"
  ? Caller | null
  : Caller;

type Handler = (
  event: HttpEvent,
  context: Pick<Context, "getRemainingTimeInMillis" | "awsRequestId">,
) => Promise<HttpResult>;

/** Options of a route's answer, in addition to its input. */
export interface EndpointShape {
  audience?: Audience;
  /** True if the handler passes `call.precondition` to the write of its item. */
  decidesPreconditions?: boolean;
  /** True if its 200 may show nothing for a hidden item: then the number of reads must not reveal the item either. */
  hidesCost?: boolean;
  /** Advice for a reader whose answer is too large to be sent. */
  instead?: string;
}

export type Endpoint = ReturnType<typeof createEndpoint>;

/**
 * Builds `endpoint(route, shape, run)`, which makes a Lambda handler from a small function. The handler checks origin
 * and identity first (401, 403), then an operator's pace (429), then input (400) and calls `run`. Thrown errors become
 * API errors; a 500 never exposes the cause.
 */
export function createEndpoint<Name extends string = ViewName>(services: Services) {
  return function endpoint<Key extends RouteKey, Path, Query, Body>(
    route: Key,
    shape: Shape<Path, Query, Body> & EndpointShape,
    run: (
      input: Input<Path, Query, Body>,
      call: Call<CallerOf<Key>, Name>,
      event: HttpEvent,
    ) => Promise<Answer>,
  ): Handler {
    const requirePace = createPace();
    const audience = shape.audience ?? (routes[route].auth === "none" ? "everyone" : "user");
    return async (event, context) => {
      const ids = idsOf(event, context);
      return services.observe({ subject: "endpoint", name: route, ids }, async () => {
        const startMs = performance.now();
        const meter: RequestMeter = {
          databaseCalls: 0,
          reading: undefined,
          tags: [],
          announced: new Set(),
          names: new Set(),
        };
        const result = await answer(meter).catch((error: unknown) =>
          failed(error, event, route, services.log),
        );
        noteOutcome(meter.reading, performance.now() - startMs, meter.arm);
        addMetric("DatabaseReads", meter.databaseCalls);
        if (Number(result.statusCode) >= 400) note("status", String(result.statusCode));
        if (Number(result.statusCode) >= 500) {
          addMetric("Errors", 1);
          addArmMetric(meter.arm, "Errors", 1);
        }
        return withStandardHeaders(result, timingHeader(result, meter, shape.hidesCost));
      });

      async function answer(meter: RequestMeter): Promise<HttpResult> {
        services.requireOrigin(event);
        const caller = admit(route, await services.identify(event));
        if (caller && isForOperators(route)) requirePace(caller.sub);
        const input = parseInput(event, shape);
        const remainingMs = () => context.getRemainingTimeInMillis();
        const precondition = isRead(event)
          ? undefined
          : (await preconditions()).preconditionOf(event);
        const ifNoneMatch = isRead(event) ? event.headers["if-none-match"] : undefined;
        const request = { caller, precondition, remainingMs, ifNoneMatch };
        const call = openCall(services, meter, request);
        if (precondition && !shape.decidesPreconditions)
          requireHolds(precondition, targetOf(route));
        let answered: Answer;
        try {
          answered = await run(input, call, event);
        } finally {
          // Also after a failure: the request may have written.
          if (meter.names.size > 0) await call.changed([]);
        }
        const result = await toResult(event, answered, audience);
        if (isRead(event) && namesRepresentation(event))
          (await preconditions()).requireRepresentation(event, result);
        const groups = cacheGroups(event, caller, meter.tags);
        const sent = { ...result, headers: { ...result.headers, ...groups } };
        return withinLimit(event, sent, shape.instead);
      }
    };
  };
}

const isForOperators = (route: RouteKey) => route.includes(" /api/ops/");

const isRead = ({ requestContext: { http } }: HttpEvent) =>
  http.method === "GET" || http.method === "HEAD";

/** Loaded by writes, and by the few reads with If-Match or If-Unmodified-Since. */
const preconditions = () => import("./preconditions.ts");

const namesRepresentation = ({ headers }: HttpEvent): boolean =>
  (headers["if-match"] ?? headers["if-unmodified-since"]) !== undefined;

/**
 * Current state for the precondition of a write that has no single item. A list exists if the path has a GET, but no
 * entity tag identifies the item to be created.
 */
function targetOf(route: RouteKey) {
  const isShown = route.replace(/^[A-Z]+/, "GET") in routes;
  return isShown ? { tag: undefined, modifiedMs: undefined } : undefined;
}

/** The gateway's id, which its access log contains, and Lambda's. */
export function idsOf(
  { requestContext }: HttpEvent,
  { awsRequestId }: Pick<Context, "awsRequestId">,
) {
  return { request_id: requestContext.requestId, function_request_id: awsRequestId };
}

/**
 * The gateway's authorizer protects these routes too. A route that is deployed without it still refuses a request
 * without a valid token, because `identify` then verifies the token.
 */
function admit<Key extends RouteKey>(route: Key, caller: Caller | null): CallerOf<Key> {
  const { auth } = routes[route];
  if (auth !== "none" && !caller) throw unauthorized("sign in: this needs a token");
  if (auth === "admin" && !caller?.admin) throw new HttpError(403, "only admins may do this");
  if (auth === "viewer" && !caller?.admin && !caller?.viewer)
    throw new HttpError(403, "only admins and viewers may see this");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- null got past on open routes alone
  return caller as CallerOf<Key>;
}

/** Loaded by the first write: a read that hits does not need it. */
const forgetting = () => import("./forgetting.ts");

function openCall<Who extends Caller | null, Name extends string>(
  { cache, log, keyId, openSource, afterMiss }: Services,
  meter: RequestMeter,
  {
    ifNoneMatch,
    ...request
  }: Pick<Call<Who, Name>, "caller" | "precondition" | "remainingMs"> & {
    readonly ifNoneMatch: string | undefined;
  },
): Call<Who, Name> {
  const { remainingMs } = request;
  const hide: Hide = async (...given) => {
    const { createHide } = await forgetting();
    return createHide(cache, meter)(...given);
  };
  const source = openSource(meter, hide, remainingMs);
  const show = async (reading: Reading) => {
    meter.reading = reading;
    // Skipped while the store is unreachable (`bypass`): the counts would go to the same Redis.
    if (reading.status === "miss" || reading.status === "stale") await afterMiss();
  };
  return {
    ...request,
    cache,
    source,
    tables: () => source.tables(),
    async read(view, params) {
      const key = view.keyFor(params);
      note("key_id", keyId(key));
      meter.arm = knownExperiments.armOf(view.name, () => key);
      const options = { source, remainingMs, ifNoneMatch };
      const reading = await cache.getEntry(view, ...([params, options] as never));
      await show(reading);
      return reading;
    },
    show,
    async compute(make) {
      const { readComputed } = await import("./computed.ts");
      const reading = await readComputed(make, meter);
      await show(reading);
      return reading;
    },
    async load(view, params) {
      try {
        const signal = AbortSignal.timeout(remainingMs());
        // The answer is not stored, so no experiment on its lifetime matters.
        const value = await view.load(params, { ...source, experiment: undefined }, { signal });
        return value instanceof Loaded ? value : new Loaded(value);
      } catch (error) {
        log.error("the written item cannot be loaded", { error: describeError(error) });
        return new Loaded({
          message: "done, but it cannot be shown right now: read it in a moment",
        });
      }
    },
    async changed(changes) {
      const { invalidateChanges } = await forgetting();
      await invalidateChanges(changes, { cache, log, meter, remainingMs });
    },
    invalidated(tags) {
      meter.tags = [...meter.tags, ...tags];
    },
  };
}

async function failed(
  error: unknown,
  event: HttpEvent,
  route: string,
  log: Log,
): Promise<HttpResult> {
  const { toHttpError } = await import("./failure.ts");
  const failure = toHttpError(error);
  if (failure.status >= 500) log.error("request failed", { route, error: describeError(error) });
  return problemResult(failure, event);
}
