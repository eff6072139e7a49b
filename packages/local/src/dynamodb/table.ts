import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";

/** What every client of a local engine is made with: any region and key will do, but the SDK wants them. */
export function localClientConfig(endpoint: string): {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
} {
  return {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
}

/** Creates the table with its TTL setting and waits until it is active; a table that is there already stays as it is. */
export async function createTable(
  endpoint: string,
  definition: CreateTableCommandInput,
  options: { ttlAttribute: string },
): Promise<void> {
  const client = new DynamoDBClient(localClientConfig(endpoint));
  try {
    const isNew = await create(client, definition);
    await waitUntilTableExists(
      { client, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.5 },
      { TableName: definition.TableName },
    );
    if (isNew) await enableTtl(client, definition.TableName, options.ttlAttribute);
  } finally {
    client.destroy();
  }
}

async function create(client: DynamoDBClient, input: CreateTableCommandInput): Promise<boolean> {
  try {
    await client.send(new CreateTableCommand(input));
    return true;
  } catch (error) {
    if (error instanceof ResourceInUseException) return false;
    throw error;
  }
}

async function enableTtl(
  client: DynamoDBClient,
  tableName: string | undefined,
  attribute: string,
): Promise<void> {
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: tableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: attribute },
    }),
  );
}
