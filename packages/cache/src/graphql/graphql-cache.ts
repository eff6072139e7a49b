import type {
  DocumentNode,
  GraphQLError,
  GraphQLFormattedError,
  GraphQLSchema,
  OperationDefinitionNode,
  ValidationRule,
} from "graphql";
import type { Cache } from "../cache.ts";
import type { AnyReadOptions } from "../engine/read-context.ts";
import { refuse } from "../errors.ts";
import { describe, checkGiven } from "../faults.ts";
import type { Awaitable } from "../resource.ts";
import {
  type Answer,
  type AnswerOptions,
  createAnswer,
  type GraphQLParams,
} from "./create-answer.ts";
import { createDocuments } from "./documents.ts";
import { createExecutor, type Executed, type ExecuteRequest } from "./executor.ts";
import { defineResponses } from "./responses.ts";

export interface GraphQLCacheOptions<Context extends object> {
  readonly cache: Pick<Cache, "get" | "getEntry" | "getMany" | "invalidate">;
  /** Returns the executable schema; called to run an operation, and to validate a document that the process does not know. */
  readonly schema: () => Awaitable<GraphQLSchema>;
  /** A text that changes with the schema, such as a hash of its text: responses of another version are not read. */
  readonly version: string;
  /** Name of the resource of responses. Default "graphql". */
  readonly name?: string;
  /** Group of viewers that see the same in PUBLIC fields, such as "admin"; at most 64 characters. Default: all viewers. */
  readonly variant?: (context: Context) => string;
  /**
   * Part of the key of PRIVATE operations; null: an anonymous request. Undefined, the default: their responses are not
   * stored.
   */
  readonly viewer?: (context: Context) => string | null | undefined;
  /** Properties of the context that only PRIVATE fields may read: a PUBLIC response for which one was read is not stored. */
  readonly personal?: readonly (keyof Context & string)[];
  /**
   * Options of the reads of views and of the response, such as the source of the views' loaders and the remaining time.
   */
  readonly read?: (context: Context) => AnyReadOptions;
  /** Validation rules in addition to those of the specification. */
  readonly rules?: () => Awaitable<readonly ValidationRule[]>;
  /** Refuses an operation before it runs, by its cost for instance; not called on a hit. */
  readonly refuse?: (operation: {
    readonly document: DocumentNode;
    readonly node: OperationDefinitionNode;
    readonly variables: Readonly<Record<string, unknown>>;
  }) => Awaitable<readonly GraphQLError[]>;
  /** Highest number of tokens in a document. Default 1,000. */
  readonly maxTokens?: number;
  /** Formats an error for the client. Default: `error.toJSON()`, that is its message, locations, path and extensions. */
  readonly formatError?: (error: GraphQLError) => Awaitable<GraphQLFormattedError>;
}

/** A cache of GraphQL responses: made by `createGraphQLCache`. */
export interface GraphQLCache<Context extends object> {
  /** Answers one request: from the cache, or by running it on graphql-js. `context` belongs to this request only. */
  answer(params: GraphQLParams, context: Context, options?: AnswerOptions): Promise<Answer>;
  /**
   * Runs an operation that another server has parsed and validated, through the cache. `rules`, `refuse`, `maxTokens`
   * and `formatError` do not apply to it.
   */
  execute(request: ExecuteRequest<Context>): Promise<Executed>;
}

/** Options that are functions; only the first is required. */
const FUNCTIONS = "schema variant viewer read rules refuse formatError";

/** Throws a CacheError (`definition_invalid`) when options are missing, unknown or of the wrong kind. */
function checkOptions(options: unknown): void {
  const about = "createGraphQLCache: ";
  const given = checkGiven(options, `${FUNCTIONS} cache version name personal maxTokens`, about);
  const { cache, schema, version } = given;
  if (typeof (cache as Partial<Cache> | undefined)?.getEntry !== "function")
    refuse(`${about}cache is ${describe(cache)}: pass a Cache`);
  for (const name of FUNCTIONS.split(" ")) {
    if (typeof given[name] === "function" || (given[name] === undefined && schema !== undefined))
      continue;
    refuse(`${about}${name} is ${describe(given[name])}: pass a function`);
  }
  if (typeof version !== "string")
    refuse(`${about}version is ${describe(version)}: pass a text that changes with the schema`);
}

/**
 * Caches the responses of a GraphQL schema whose resolvers read resources by `view`: each response is an entry made from
 * the entries that were read, and is invalidated as soon as one of them is.
 *
 * @example
 * const resolvers = { Query: { title: view(book, () => ({ id: 7 }), ({ title }) => title) } };
 * const schema = createSchema("type Query { title: String }", resolvers);
 * const graphql = createGraphQLCache({ cache, schema: () => schema, version: "1" });
 * const answer = await graphql.answer({ query: "{ title }" }, {});
 */
export function createGraphQLCache<Context extends object>(
  options: GraphQLCacheOptions<Context>,
): GraphQLCache<Context> {
  checkOptions(options);
  const { cache, schema, version, name = "graphql", maxTokens = 1_000, rules } = options;
  const noRules = () => [];
  const documents = createDocuments(cache, {
    schema,
    version,
    name,
    maxTokens,
    rules: rules ?? noRules,
  });
  const executor = createExecutor({ ...options, responses: defineResponses(name, version) });
  return {
    execute: (request) => executor.execute(request),
    answer: createAnswer({ ...options, documents, run: (planned) => executor.run(planned) }),
  };
}
