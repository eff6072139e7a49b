import { defineResource } from "@algoitny/cache";
import { recorder, type Recorder } from "@algoitny/cache/dynamodb";
import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { fleet } from "../../support/test-cache.ts";
import { sdkClient } from "./sdk-client.ts";

export const TableName = "books";

/** A view by a number, whose load reads through a recording client. */
export const numbered = (
  dynamodb: Recorder<DynamoDBDocumentClient>,
  load: (client: DynamoDBDocumentClient, id: number) => Promise<unknown>,
) =>
  defineResource({
    name: "view",
    tags: "reads",
    ttl: "1 hour",
    load: (id: number, _: void, { reads }) => load(dynamodb.for(reads), id),
  });

/** The request for an item. */
export const get = (id: number, more: object = {}) =>
  new GetCommand({ TableName, Key: { id }, ...more });

/** A view of books by number, through a recording client with the test's answers. */
export function openBooks(answers: Parameters<typeof sdkClient>[0]) {
  const sdk = sdkClient(answers);
  const dynamodb = recorder(sdk.client);
  const { cache } = fleet();
  const book = numbered(dynamodb, async (client, id) => (await client.send(get(id))).Item ?? null);
  const kept = async (...ids: number[]) =>
    (await Promise.all(ids.map((id) => cache.peek(book, id)))).map((each) => each !== undefined);
  return { ...sdk, dynamodb, cache, book, kept, db: dynamodb.writing(cache) };
}
