import { dynamoDbLocalFolder, fetchDynamoDbLocal } from "@algoitny/local/dynamodb/dynamodb-local";

/** Downloads DynamoDB Local before the first test that needs it: on a new machine that takes longer than a hook may. */
export default async function setup(): Promise<void> {
  if (process.env["DYNAMODB_ENGINE"] === "local")
    await fetchDynamoDbLocal(dynamoDbLocalFolder(), (line) => process.stdout.write(`${line}\n`));
}
