import { createSchema, type Resolvers } from "@algoitny/cache/graphql";
import { isObjectType } from "graphql";
import { readResolvers } from "./read-resolvers.ts";
import { snakeCase } from "./spelling.ts";
import { TYPE_DEFS } from "./type-defs.ts";
import { writeResolvers } from "./write-resolvers.ts";

/**
 * The executable schema: a field without a resolver returns the REST property of its name in snake case (`problemId`:
 * `problem_id`).
 */
export async function makeSchema() {
  const schema = await createSchema(TYPE_DEFS, {
    ...readResolvers,
    ...writeResolvers,
  } as Resolvers);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) {
      const property = snakeCase(field.name);
      field.resolve ??= (parent: Readonly<Record<string, unknown>>) => parent[property];
    }
  }
  return schema;
}
