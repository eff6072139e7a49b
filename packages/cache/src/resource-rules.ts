import type { NotJson } from "./json-types.ts";
import type { KeyValue, Scalar } from "./key.ts";
import type { AnySchema, Serializer, StandardSchema } from "./resource.ts";

type SchemaInput<Schema> = Schema extends StandardSchema<infer Input, infer _> ? Input : never;
type SchemaOutput<Schema> = Schema extends StandardSchema<infer _, infer Output> ? Output : never;

type Absent<Value> = Extract<Value, null | undefined | void>;

/** Value that reads get: the schema's output, or the result of `load`. */
export type Result<Value, Schema> = [Schema] extends [AnySchema]
  ? SchemaOutput<Schema> | Absent<Value>
  : Value;

/**
 * A scalar is its own key. Objects need `key`: a caller that passes a wider object would otherwise create another entry
 * than the one that `invalidate(resource, params)` removes.
 */
export type KeyRule<Params> = [Params] extends [Scalar | void | readonly Scalar[]]
  ? unknown
  : { key: (params: Params) => KeyValue };

/** Options that are impossible here. The property that the error reports as missing is a sentence that says why. */
export type Refused<Sentences> = {
  readonly [Option in keyof Sentences]?: {
    readonly [Sentence in Sentences[Option] & string]: never;
  };
};

/** Sentences that say what is wrong with a value, as names of properties that are missing. */
export type ValueRule<Value, Schema, Format = undefined> = [
  [Format] extends [Serializer] ? never : NotJson<Value>,
] extends [never]
  ? [Schema] extends [AnySchema]
    ? [Exclude<Value, Absent<Value>>] extends [SchemaInput<Schema>]
      ? unknown
      : { readonly "load must return the input of the schema": SchemaInput<Schema> }
    : unknown
  : { readonly [Sentence in NotJson<Value>]: never };

/** Keeps a type parameter from being inferred from the place where this is used. */
export type NoInfer_<T> = [T][T extends unknown ? 0 : never];
