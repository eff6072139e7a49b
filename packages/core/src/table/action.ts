import type { TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import type { Database } from "./database.ts";
import type { EntityName } from "./entities.ts";
import { assertFits } from "./item-size.ts";
import type { Key } from "./keys.ts";

/** One step of a transaction. */
export type Action = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

type Attributes = Readonly<Record<string, unknown>>;

/** Condition on the current item; all given parts must hold. */
export interface Condition {
  exists?: boolean;
  /** Attributes and their required values; undefined: absent. */
  equals?: Attributes;
  /** Attributes that must be absent or have this value. */
  missingOr?: Attributes;
  /** Sets that must have a member. */
  contains?: Attributes;
  /** Attributes that must be absent or a number from 0 to the given one, so that they can be added to. */
  counts?: Readonly<Record<string, number>>;
}

/** Changes to an item. */
export interface Changes {
  set?: Attributes;
  /** Adds to numbers (absent counts as 0) and to sets. */
  add?: Attributes;
  /** Removes members of sets. */
  take?: Attributes;
}

/** The action that writes a whole item. Throws a CoreError (`too_large`) if it exceeds DynamoDB's limit. */
export function put(
  { tableName }: Database,
  key: Key,
  entity: EntityName,
  attributes: Attributes,
  condition: Condition = {},
): Action {
  const item = toItem(key, entity, attributes);
  return { Put: { TableName: tableName, Item: item, ...expressions({}, condition) } };
}

/** An item as it is stored. */
export function toItem(
  key: Key,
  entity: EntityName,
  attributes: Attributes,
): Record<string, unknown> {
  const item = { ...key, entity, ...attributes };
  assertFits(item);
  return item;
}

/**
 * The action that changes some attributes. It creates an absent item with only these, unless the condition refuses
 * that. Throws a CoreError (`too_large`) if the new values alone exceed an item's limit; DynamoDB refuses the write
 * if the whole item would.
 */
export function update(
  { tableName }: Database,
  key: Key,
  entity: EntityName,
  changes: Changes,
  condition: Condition = {},
): Action {
  const all = { ...changes, set: { entity, ...changes.set } };
  assertFits({ ...key, ...all.set });
  return {
    Update: {
      TableName: tableName,
      Key: key,
      UpdateExpression: "",
      ...expressions(all, condition),
    },
  };
}

export function remove({ tableName }: Database, key: Key, condition: Condition = {}): Action {
  return { Delete: { TableName: tableName, Key: key, ...expressions({}, condition) } };
}

export function check({ tableName }: Database, key: Key, condition: Condition): Action {
  return {
    ConditionCheck: {
      TableName: tableName,
      Key: key,
      ConditionExpression: "",
      ...expressions({}, condition),
    },
  };
}

/**
 * Writes changes and condition in DynamoDB's expression language, with a placeholder for every value and for every
 * name except `pk`.
 */
export function expressions(changes: Changes, condition: Condition) {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const name = (attribute: string): string => {
    const placeholder = `#n${Object.keys(names).length}`;
    names[placeholder] = attribute;
    return placeholder;
  };
  const value = (content: unknown): string => {
    const placeholder = `:v${Object.keys(values).length}`;
    values[placeholder] = content;
    return placeholder;
  };
  const clause = (verb: string, attributes: Attributes = {}, sign = " "): string[] => {
    const parts = Object.entries(attributes).map(
      ([key, content]) => name(key) + sign + value(content),
    );
    return parts.length > 0 ? [`${verb} ${parts.join(", ")}`] : [];
  };

  const updateExpression = [
    ...clause("SET", changes.set, " = "),
    ...clause("ADD", changes.add),
    ...clause("DELETE", changes.take),
  ].join(" ");
  const conditions = [
    ...(condition.exists === undefined
      ? []
      : [`attribute_${condition.exists ? "" : "not_"}exists(pk)`]),
    ...Object.entries(condition.equals ?? {}).map(([key, content]) =>
      content === undefined
        ? `attribute_not_exists(${name(key)})`
        : `${name(key)} = ${value(content)}`,
    ),
    ...Object.entries(condition.missingOr ?? {}).map(([key, content]) => {
      const attribute = name(key);
      return `(attribute_not_exists(${attribute}) OR ${attribute} = ${value(content)})`;
    }),
    ...Object.entries(condition.contains ?? {}).map(
      ([key, member]) => `contains(${name(key)}, ${value(member)})`,
    ),
    ...Object.entries(condition.counts ?? {}).map(([key, most]) => {
      const attribute = name(key);
      return `(attribute_not_exists(${attribute}) OR ${attribute} BETWEEN ${value(0)} AND ${value(most)})`;
    }),
  ].join(" AND ");
  return {
    ...(updateExpression && { UpdateExpression: updateExpression }),
    ...(conditions && { ConditionExpression: conditions }),
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}
