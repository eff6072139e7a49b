import { randomUUID } from "node:crypto";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { sharedEndpoint } from "../../support/shared-engine.ts";

/** Keys and indexes of a table: the type of each key attribute, then the key of the table and of each index. */
export interface Shape {
  readonly types: Readonly<Record<string, "S" | "N" | "B">>;
  readonly key: readonly string[];
  readonly global?: Readonly<Record<string, readonly string[]>>;
  readonly local?: Readonly<Record<string, readonly string[]>>;
  /** True for a stream with both images. */
  readonly stream?: boolean | "KEYS_ONLY";
}

const schema = (names: readonly string[]) =>
  names.map((AttributeName, at) => ({ AttributeName, KeyType: at ? "RANGE" : "HASH" }) as const);

const indexes = (all: Shape["global"] = {}) =>
  Object.entries(all).map(([IndexName, names]) => ({
    IndexName,
    KeySchema: schema(names),
    Projection: { ProjectionType: "ALL" as const },
  }));

/** Makes a private table over the engine of this run: `await using table = await openTable(shape)`. */
export async function openTable(shape: Shape) {
  const plain = new DynamoDBClient({
    endpoint: await sharedEndpoint(),
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const name = `books-${randomUUID()}`;
  const definition: CreateTableCommandInput = {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: Object.entries(shape.types).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: schema(shape.key),
    ...(shape.global && { GlobalSecondaryIndexes: indexes(shape.global) }),
    ...(shape.local && { LocalSecondaryIndexes: indexes(shape.local) }),
    ...(shape.stream && {
      StreamSpecification: {
        StreamEnabled: true,
        StreamViewType: shape.stream === true ? "NEW_AND_OLD_IMAGES" : shape.stream,
      },
    }),
  };
  await plain.send(new CreateTableCommand(definition));
  const client = DynamoDBDocumentClient.from(plain, {
    marshallOptions: { removeUndefinedValues: true },
  });
  return {
    name,
    plain,
    client,
    [Symbol.asyncDispose]: async () => {
      await plain.send(new DeleteTableCommand({ TableName: name }));
      plain.destroy();
    },
  };
}
