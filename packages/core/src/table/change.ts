import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { CoreError } from "../errors.ts";
import { type Change, type EntityName, entities } from "./entities.ts";
import { entityAt } from "./places.ts";

/** The part of a DynamoDB stream record that is read; `@types/aws-lambda`'s DynamoDBRecord fits. */
export interface StreamRecord {
  readonly dynamodb?:
    | { readonly Keys?: unknown; readonly NewImage?: unknown; readonly OldImage?: unknown }
    | undefined;
}

const TextAttribute = z.object({ S: z.string() }).transform(({ S }) => S);
const Keys = z.object({ pk: TextAttribute, sk: TextAttribute });

/** What the item of a stream record is; undefined when it is none that we know. */
export function entityOf({ dynamodb }: StreamRecord): EntityName | undefined {
  const key = Keys.safeParse(dynamodb?.Keys);
  return key.success ? entityAt(key.data) : undefined;
}

/** Reads a stream record as the change of an entity; throws a CoreError (`invalid`) when it cannot be read so. */
export function toChange(record: StreamRecord): Change {
  const entity = entityOf(record);
  if (entity === undefined) {
    throw new CoreError("invalid", "a stream record's key is that of no known entity");
  }
  const before = toEntity(entity, record.dynamodb?.OldImage);
  const after = toEntity(entity, record.dynamodb?.NewImage);
  if (before === null && after === null) {
    throw new CoreError("invalid", `a stream record of a ${entity} has no image`);
  }
  return { entity, before, after } as Change;
}

function toEntity(entity: EntityName, image: unknown): unknown {
  if (image === undefined) return null;
  const parsed = entities[entity].safeParse(toItem(image));
  if (parsed.success) return parsed.data;
  throw new CoreError(
    "invalid",
    `a stream record is no ${entity}: ${z.prettifyError(parsed.error)}`,
    parsed.error,
  );
}

function toItem(image: unknown): Record<string, unknown> {
  try {
    return unmarshall(image as Parameters<typeof unmarshall>[0]);
  } catch (error) {
    throw new CoreError("invalid", "a stream record's image is not a DynamoDB item", error);
  }
}
