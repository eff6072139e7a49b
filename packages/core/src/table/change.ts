import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { CoreError } from "../errors.ts";
import { type Change, type EntityName, entities } from "./entities.ts";

/** The part of a DynamoDB stream record that is read; `@types/aws-lambda`'s DynamoDBRecord fits. */
export interface StreamRecord {
  readonly dynamodb?: { readonly NewImage?: unknown; readonly OldImage?: unknown } | undefined;
}

/** Reads a stream record as the change of an entity; throws a CoreError (`invalid`) when it is none that we know. */
export function toChange(record: StreamRecord): Change {
  const before = toItem(record.dynamodb?.OldImage);
  const after = toItem(record.dynamodb?.NewImage);
  const entity = (after ?? before)?.["entity"];
  if (typeof entity !== "string" || !isEntityName(entity)) {
    throw new CoreError("invalid", `a stream record is of no known entity (${String(entity)})`);
  }
  return { entity, before: toEntity(entity, before), after: toEntity(entity, after) } as Change;
}

function toItem(image: unknown): Record<string, unknown> | null {
  if (image === undefined) return null;
  try {
    return unmarshall(image as Parameters<typeof unmarshall>[0]);
  } catch (error) {
    throw new CoreError("invalid", "a stream record's image is not a DynamoDB item", error);
  }
}

function toEntity(entity: EntityName, item: Record<string, unknown> | null): unknown {
  if (!item) return null;
  const parsed = entities[entity].safeParse(item);
  if (parsed.success) return parsed.data;
  throw new CoreError(
    "invalid",
    `a stream record is no ${entity}: ${z.prettifyError(parsed.error)}`,
    parsed.error,
  );
}

function isEntityName(name: string): name is EntityName {
  return Object.hasOwn(entities, name);
}
