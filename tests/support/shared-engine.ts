import { type DynamoDbEngine, startDynamoDb } from "@algoitny/local/dynamodb/start-dynamodb";
import { enginesFromEnvironment } from "@algoitny/local/engines";

let engine: Promise<DynamoDbEngine> | undefined;

/**
 * Address of a DynamoDB for all tests of this process, each with a private table: the engine that the environment
 * names, else one that ends with the process.
 */
export async function sharedEndpoint(): Promise<string> {
  const { dynamodb } = enginesFromEnvironment();
  if (dynamodb.endpoint !== undefined) return dynamodb.endpoint;
  engine ??= startDynamoDb(dynamodb);
  return (await engine).endpoint;
}
