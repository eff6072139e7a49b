// A bookshop over two DynamoDB tables and an index, without hand-written tags, rules or invalidations.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { Cache, defineResource, type Duration } from "@algoitny/cache";
import { recorder, streamHandler } from "@algoitny/cache/dynamodb";
import type { Store } from "@algoitny/cache/store";

type Book = { isbn: string; title: string; shelf: string; sold: number };
type Review = { isbn: string; by: string; text: string };

/** The shop's handlers, and the handler of both tables' streams, over any store. */
export function bookshop(store: Store, books: string, reviews: string) {
  const client = DynamoDBDocument.from(new DynamoDBClient({}));
  const dynamodb = recorder(client, { ttlAttribute: "expires", keys: { [books]: ["isbn"] } });
  const cache = new Cache({ store });
  const db = dynamodb.writing(cache);
  const careful = dynamodb.writing(cache, { guarded: true });

  const page = defineResource({
    name: "page",
    tags: "reads", // only changes of what this load reads invalidate the entry
    ttl: "1 hour",
    load: async (isbn: string, _: void, { reads }) => {
      const table = dynamodb.for(reads);
      const { Item } = await table.get({ TableName: books, Key: { isbn } });
      const { Items } = await table.query({
        TableName: reviews,
        KeyConditionExpression: "isbn = :isbn",
        ExpressionAttributeValues: { ":isbn": isbn },
      });
      return Item && { book: Item as Book, reviews: Items as Review[] };
    },
  });
  const shelf = defineResource({
    name: "shelf",
    tags: "reads",
    ttl: "1 hour",
    load: async (name: string, _: void, { reads }) => {
      const { Items } = await dynamodb.for(reads).query({
        TableName: books,
        IndexName: "byShelf",
        KeyConditionExpression: "shelf = :name",
        ExpressionAttributeValues: { ":name": name },
      });
      return Items as Book[];
    },
  });
  return {
    page: (isbn: string) => cache.get(page, isbn),
    shelf: (name: string) => cache.get(shelf, name),
    add: (book: Book) => db.put({ TableName: books, Item: book }),
    review: (review: Review) => db.put({ TableName: reviews, Item: review }),
    withdraw: (isbn: string) => careful.delete({ TableName: books, Key: { isbn } }),
    onStream: streamHandler(cache),
    check: (within: Duration) => dynamodb.check(cache, { tables: [books, reviews], within }),
  };
}
