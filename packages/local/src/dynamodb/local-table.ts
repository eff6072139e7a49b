import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";

/** Configuration of clients of a local engine. The SDK requires a region and a key; any values work. */
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

/**
 * Creates the table with its time-to-live setting and waits until it is active; an existing table only gets a missing
 * time-to-live setting or stream. Returns the ARN of the table's stream, which no other stream ever had.
 */
export async function createTable(
  endpoint: string,
  definition: CreateTableCommandInput,
  options: { ttlAttribute: string },
): Promise<string | undefined> {
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
    await enableTtl(client, TableName, options.ttlAttribute);
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName }));
    const isComplete = table?.StreamSpecification?.StreamEnabled || !definition.StreamSpecification;
    if (isComplete) return table?.LatestStreamArn;
    return await setStream(client, TableName, definition.StreamSpecification);
  } finally {
    client.destroy();
  }
}

/**
 * Runs writes that the table's stream does not record: hundreds of thousands of records would keep its consumers busy for
 * minutes. Afterwards the table has another stream, which makes the local cloud clear its cache. After an interruption or
 * an error, `createTable` creates that stream.
 */
export async function withoutStream<Result>(
  { endpoint, table }: { endpoint: string; table: string },
  stream: CreateTableCommandInput["StreamSpecification"],
  write: () => Promise<Result>,
): Promise<Result> {
  const client = new DynamoDBClient(localClientConfig(endpoint));
  try {
    const { Table: found } = await client.send(new DescribeTableCommand({ TableName: table }));
    if (found?.StreamSpecification?.StreamEnabled)
      await setStream(client, table, { StreamEnabled: false });
    const result = await write();
    await setStream(client, table, stream);
    return result;
  } finally {
    client.destroy();
  }
}

/** Sets the table's stream, and returns the ARN of its latest one, if the answer names it. */
async function setStream(
  client: DynamoDBClient,
  TableName: string | undefined,
  StreamSpecification: CreateTableCommandInput["StreamSpecification"],
): Promise<string | undefined> {
  const { TableDescription: table } = await client.send(
    new UpdateTableCommand({ TableName, StreamSpecification }),
  );
  return table?.LatestStreamArn;
}

async function enableTtl(
  client: DynamoDBClient,
  TableName: string | undefined,
  AttributeName: string,
): Promise<void> {
  const isEnabled = async (): Promise<boolean> => {
    const { TimeToLiveDescription: setting } = await client.send(
      new DescribeTimeToLiveCommand({ TableName }),
    );
    return setting?.AttributeName === AttributeName;
  };
  if (await isEnabled()) return;
  const TimeToLiveSpecification = { Enabled: true, AttributeName };
  try {
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  } catch (error) {
    if (!(await isEnabled())) throw error; // Otherwise another process was first.
  }
}
