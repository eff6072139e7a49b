import type { DocumentNode, ExecutionResult } from "graphql";
import type { CacheEntry } from "../cache-entry.ts";
import { CacheError } from "../errors.ts";
import type { GraphQLCacheOptions } from "./graphql-cache.ts";
import { type Plan, textOfVariables, type Variables } from "./plan.ts";
import { apartReason, type ResponseKey, type Responses } from "./responses.ts";
import { createRun, guarded, runIn } from "./run.ts";

/** An operation that a server has parsed and validated. */
export interface ExecuteRequest<Context> {
  /** The same object for the same text, as servers' caches of parsed documents return it: it is the key of the plans. */
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Variables | null | undefined;
  readonly context: Context;
  /** Executes the operation with the given context. */
  readonly run: (context: Context) => Promise<ExecutionResult>;
}

/**
 * A result: `reading` is the entry whose bytes may be sent unchanged; without one, `reason` says why the result is for
 * this request only.
 */
export type Executed =
  | { readonly reading: CacheEntry<{ data: Record<string, unknown> }>; readonly isPrivate: boolean }
  | { readonly result: ExecutionResult; readonly reason: string; readonly isPrivate: boolean };

export interface Planned<Context> extends Pick<ExecuteRequest<Context>, "context" | "run"> {
  readonly plan: Plan;
  readonly variables: Variables;
}

type ExecutorOptions<Context extends object> = GraphQLCacheOptions<Context> & {
  readonly responses: Responses;
};

/**
 * Longest name of a group of viewers, in characters. A longer one is probably a token, or a list of ids, of one user:
 * each response would be stored once for each user.
 */
const LONGEST_VARIANT = 64;

/** Runs planned operations through the cache. */
export function createExecutor<Context extends object>({
  cache,
  responses,
  schema,
  variant = () => "all",
  viewer = () => undefined,
  personal = [],
  read = () => ({}),
}: ExecutorOptions<Context>) {
  const plans = new WeakMap<DocumentNode, readonly Plan[]>();

  /** Key of the response; a string is the reason for having none. */
  function keyOf({ plan, variables, context }: Planned<Context>): ResponseKey | string {
    if (plan.maxAgeMs <= 0) return plan.kind === "query" ? "max-age" : plan.kind;
    const who = plan.isPrivate ? viewer(context) : undefined;
    if (plan.isPrivate && who === undefined) return "private";
    const text = textOfVariables(plan, variables);
    if (text === undefined) return "variables";
    const group = variant(context);
    if (group.length <= LONGEST_VARIANT)
      return { plan, variant: group, viewer: who, variables: text };
    throw new CacheError(
      "definition_invalid",
      `variant: a group's name has ${group.length} characters: at most ${LONGEST_VARIANT}`,
    );
  }

  async function run(planned: Planned<Context>): Promise<Executed> {
    const { context, plan } = planned;
    const { isPrivate } = plan;
    const options = read(context);
    const own = createRun(cache, options);
    const execute = () => runIn(own, async () => planned.run(guarded(own, context, personal)));
    const key = keyOf(planned);
    if (typeof key === "string") return { result: await execute(), reason: key, isPrivate };
    let apart: ExecutionResult | undefined;
    const keepApart = (result: ExecutionResult) => (apart = result);
    const source = { execute, run: own, keepApart };
    const reading = await cache.getEntry(responses, key, { ...options, source });
    const reason = apartReason(reading);
    if (reason === undefined) return { reading: reading as never, isPrivate };
    // Without `apart`, this request joined another's run, whose result is not shared: it runs the operation itself.
    return { result: apart ?? (await execute()), reason, isPrivate };
  }

  return {
    run,
    async execute({
      document,
      operationName,
      variables,
      context,
      run: given,
    }: ExecuteRequest<Context>) {
      let known = plans.get(document);
      if (known === undefined) {
        const { plansOf } = await import("./compile-document.ts");
        plans.set(document, (known = plansOf(await schema(), document)));
      }
      const plan = planNamed(known, operationName);
      // The server itself refuses a request whose operation is missing or ambiguous.
      if (plan === undefined)
        return { result: await given(context), reason: "operation", isPrivate: true };
      return run({ plan, variables: variables ?? {}, context, run: given });
    },
  };
}

/** The operation with this name or, without a name, the only operation; undefined if there is none. */
export function planNamed(
  plans: readonly Plan[],
  name: string | null | undefined,
): Plan | undefined {
  if (name == null || name === "") return plans.length === 1 ? plans[0] : undefined;
  return plans.find((plan) => plan.name === name);
}
