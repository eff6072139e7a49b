import { isDeepStrictEqual } from "node:util";
import type { StreamRecord } from "@algoitny/core/table/change";
import type { Database } from "@algoitny/core/table/database";
import { readRecord, widestTags } from "@algoitny/functions/invalidation/stream-record";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";

/** Items by their keys. */
type Items = ReadonlyMap<string, Record<string, unknown>>;

/** The current contents of the table. */
export async function readTable(db: Database): Promise<Items> {
  const { Items: items = [] } = await db.send(
    new ScanCommand({ TableName: db.tableName, ConsistentRead: true }),
  );
  return new Map(items.map((item) => [JSON.stringify([item["pk"], item["sk"]]), item]));
}

/** The table's stream records of the changes between two of its states. */
export function recordsOf(before: Items, after: Items): StreamRecord[] {
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => !isDeepStrictEqual(before.get(key), after.get(key)),
  );
  return changed.map((key) => {
    const [pk, sk] = JSON.parse(key) as [string, string];
    const [old, now] = [before.get(key), after.get(key)];
    return {
      dynamodb: {
        Keys: marshall({ pk, sk }),
        ...(old && { OldImage: marshall(old) }),
        ...(now && { NewImage: marshall(now) }),
      },
    };
  });
}

/** Tags that the stream function invalidates for a record, or the redrive function if the record cannot be read. */
export function tagsOfRecord(record: StreamRecord): readonly string[] {
  const reading = readRecord(record);
  return "tags" in reading ? reading.tags : (widestTags(record) ?? ["@all"]);
}

/** A database that sends equal reads once, for a period without writes. */
export function readingOnce(db: Database): Database {
  const read = new Map<string, Promise<unknown>>();
  const send = (command: Parameters<Database["send"]>[0]) => {
    const key = JSON.stringify([command.constructor.name, command.input]);
    const answer = read.get(key) ?? db.send(command as never);
    read.set(key, answer);
    return answer;
  };
  return { ...db, send: send as Database["send"] };
}
