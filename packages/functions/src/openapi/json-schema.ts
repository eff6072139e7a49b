import * as z from "zod";

/** A JSON Schema (draft 2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Direction of a schema: what requests may send, or what answers contain. */
export type Direction = z.core.ToJSONSchemaParams["io"] & string;

export interface SchemaConverter {
  /**
   * Returns the JSON Schema, in which a part with a name (`.meta({ id })`) is a reference to a component. Throws if the name
   * already stands for another schema.
   */
  convert: (schema: z.core.$ZodType, io: Direction) => JsonSchema;
  /** Every named schema so far, by name. */
  components: () => Record<string, JsonSchema>;
}

const LOCAL = "#/$defs/";
const COMPONENTS = "#/components/schemas/";

/** Starts a collection of named schemas that all conversions share. */
export function createConverter(): SchemaConverter {
  const named = new Map<string, JsonSchema>();
  return {
    convert(schema, io) {
      const whole = z.toJSONSchema(schema, { io, override: describe });
      const {
        $schema: _,
        $defs = {},
        ...converted
      } = moveReferences(whole) as JsonSchema & {
        $defs?: Record<string, JsonSchema>;
      };
      const parts = Object.entries($defs);
      for (const [id, part] of parts) {
        const others = parts.filter(([other]) => other !== id);
        // The conversion of a schema that refers to itself also returns definitions to which nothing else refers: these are dropped.
        if (JSON.stringify([converted, others]).includes(`"${COMPONENTS}${id}"`))
          keep(id, withoutId(part));
      }
      const { id } = converted;
      if (typeof id !== "string") return converted;
      keep(id, withoutId(converted));
      return { $ref: `${COMPONENTS}${id}` };
    },
    components: () => Object.fromEntries([...named].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };

  function keep(id: string, schema: JsonSchema): void {
    const known = named.get(id);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`two schemas are called ${id}`);
    }
    named.set(id, schema);
  }
}

function withoutId(schema: JsonSchema): JsonSchema {
  const { id: _, ...rest } = schema;
  return rest;
}

/**
 * Replaces the conversion of a schema by its own description (`.meta({ jsonSchema })`), because a transformed text would
 * be described as plain text; adds a default after a transform, which zod omits.
 */
function describe({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: Record<string, unknown>;
}): void {
  const { jsonSchema: own, ...about } = z.globalRegistry.get(zodSchema) ?? {};
  if (typeof own === "object") {
    for (const name of Object.keys(jsonSchema)) delete jsonSchema[name];
    Object.assign(jsonSchema, own, about);
  }
  const { def } = zodSchema._zod;
  if (def.type === "default") jsonSchema["default"] = def.defaultValue;
}

function moveReferences(schema: unknown): unknown {
  return JSON.parse(
    JSON.stringify(schema, (name, value: unknown) =>
      name === "$ref" && typeof value === "string" ? value.replace(LOCAL, COMPONENTS) : value,
    ),
  );
}
