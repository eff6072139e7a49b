import {
  CreateTableCommand,
  DescribeTimeToLiveCommand,
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

/** Creates the table with its TTL setting and waits until it is active; does only what is still missing. */
export async function createTable(
  endpoint: string,
  definition: CreateTableCommandInput,
  options: { ttlAttribute: string },
): Promise<void> {
  const client = new DynamoDBClient(localClientConfig(endpoint));
  const TableName = definition.TableName;
  try {
    await client.send(new CreateTableCommand(definition)).catch((error: unknown) => {
      if (!(error instanceof ResourceInUseException)) throw error;
    });
    await waitUntilTableExists(
      { client, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.5 },
      { TableName },
    );
    const { TimeToLiveDescription: ttl } = await client.send(
      new DescribeTimeToLiveCommand({ TableName }),
    );
    if (ttl?.AttributeName === options.ttlAttribute) return;
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { Enabled: true, AttributeName: options.ttlAttribute },
      }),
    );
  } finally {
    client.destroy();
  }
}
