export type { Answer, AnswerOptions, GraphQLParams } from "./create-answer.ts";
export type { Executed, ExecuteRequest } from "./executor.ts";
export {
  createGraphQLCache,
  type GraphQLCache,
  type GraphQLCacheOptions,
} from "./graphql-cache.ts";
export { hasMissing } from "./responses.ts";
export { createLoader, type Loader } from "./loader.ts";
export { type Changed, change, type Resolver, readView, restrict, view } from "./view-resolver.ts";
export { fetchGraphQL, type GraphQLFetchOptions } from "./fetch-graphql.ts";
export {
  type BadRequest,
  type GraphQLRequest,
  type MediaType,
  mediaTypeOf,
  readParams,
} from "./request-params.ts";
export { CACHE_CONTROL_SDL, createSchema, type Resolvers } from "./create-schema.ts";
