import { isDeepStrictEqual } from "node:util";
import type { StreamRecord } from "@algoitny/cache/dynamodb";
import { type AttributeValue, type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";

type Image = Record<string, AttributeValue>;
export type Items = ReadonlyMap<string, Image>;

/** All items of a table in DynamoDB JSON, by key. */
export async function itemsOf(plain: DynamoDBClient, table: string, key: readonly string[]) {
  const items = new Map<string, Image>();
  let from: Image | undefined;
  do {
    const page = await plain.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: from }),
    );
    for (const item of page.Items ?? [])
      items.set(JSON.stringify(key.map((name) => item[name])), item);
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
}

/** Stream records of the changes between two states of a table. */
export function recordsBetween(
  table: string,
  key: readonly string[],
  [before, after]: readonly [Items, Items],
): StreamRecord[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [OldImage, NewImage] = [before.get(name), after.get(name)];
    if (isDeepStrictEqual(OldImage, NewImage)) return [];
    const image = (NewImage ?? OldImage) as Image;
    const Keys = Object.fromEntries(key.map((each) => [each, image[each]]));
    return [
      {
        eventName: OldImage ? (NewImage ? "MODIFY" : "REMOVE") : "INSERT",
        eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/2026`,
        dynamodb: { Keys, ...(OldImage && { OldImage }), ...(NewImage && { NewImage }) },
      },
    ];
  });
}
