import type { GraphQLSchema } from "graphql";
import { CacheError, refuse } from "../errors.ts";
import { graphqlJs } from "./graphql-js.ts";

/** Definition of `@cacheControl`, as Apollo has it; `createSchema` adds it to a text without one. */
export const CACHE_CONTROL_SDL = `
enum CacheControlScope { PUBLIC PRIVATE }
directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean)
  on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
`;

/** Resolvers by type and field. Members of an interface or union are named by `__typename` in their values. */
// oxlint-disable-next-line typescript/no-explicit-any -- a schema's types are its author's
export type Resolvers = Readonly<Record<string, Readonly<Record<string, (...args: any[]) => any>>>>;

/**
 * An executable schema from its text and resolvers; `@cacheControl` need not be declared. Rejects with
 * `definition_invalid` for a resolver of anything but a field of an object type in the text.
 *
 * @example
 * const resolvers = { Query: { title: view(book, () => ({ id: 7 }), ({ title }) => title) } };
 * const schema = await createSchema("type Query { title: String }", resolvers);
 */
export async function createSchema(typeDefs: string, resolvers: Resolvers): Promise<GraphQLSchema> {
  if (typeof typeDefs !== "string" || Object(resolvers) !== resolvers)
    refuse("createSchema: pass the schema's text and its resolvers by type and field");
  const { buildSchema, isObjectType } = await graphqlJs();
  const isDeclared = typeDefs.includes("directive @cacheControl");
  const schema = buildSchema(isDeclared ? typeDefs : CACHE_CONTROL_SDL + typeDefs);
  for (const [name, ofType] of Object.entries(resolvers)) {
    const type = schema.getType(name);
    const fields = isObjectType(type) ? type.getFields() : {};
    for (const [fieldName, resolve] of Object.entries(ofType)) {
      const field = fields[fieldName];
      if (field) field.resolve = resolve;
      else
        throw new CacheError("definition_invalid", `the schema has no field ${name}.${fieldName}`);
    }
  }
  return schema;
}
