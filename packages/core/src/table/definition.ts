import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";

/** Epoch seconds after which DynamoDB may remove an item. */
export const TTL_ATTRIBUTE = "ttl";

/** The definition of the one table, without its name: the local cloud and the stacks both create it from this. */
export const tableDefinition = {
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  BillingMode: "PAY_PER_REQUEST",
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
} satisfies Omit<CreateTableCommandInput, "TableName">;
