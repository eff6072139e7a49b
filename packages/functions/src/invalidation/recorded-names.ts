import type { Tag } from "@algoitny/cache";
import { RECORDED_SCOPES } from "@algoitny/core/recorded-scopes";
import type { StreamRecord } from "@algoitny/core/table/change";
import type { Key } from "@algoitny/core/table/keys";
import { reachOf } from "@algoitny/core/tag-reach";

/**
 * Tags of the recorded reads that may contain the records' items. `streamArn` is needed for records that do not come
 * from Lambda: only those from Lambda name their stream.
 */
export async function namesOfRecords(
  records: readonly StreamRecord[],
  streamArn?: string,
): Promise<readonly Tag[]> {
  const { streamHandler } = await import("@algoitny/cache/dynamodb");
  let names: readonly Tag[] = [];
  const invalidate = async (found: readonly Tag[]) => {
    names = found;
  };
  const collect = streamHandler({ invalidate }, { scopes: RECORDED_SCOPES });
  await collect({
    Records: records.map((each) => ({ eventSourceARN: streamArn, ...each })) as never,
  });
  return names;
}

/**
 * Tags that entries of recorded views carry in place of an operator's tags: those that a write of the items behind
 * them would invalidate.
 */
export async function namesOfTags(
  tags: readonly Tag[],
  tableName: string,
  reach = reachOf(tags),
): Promise<readonly Tag[]> {
  const { items, views } = reach;
  return [...views, ...(await namesOfItems(items, tableName))];
}

/** Tags of the recorded reads that may contain the items. */
export async function namesOfItems(
  items: readonly Key[],
  tableName: string,
): Promise<readonly Tag[]> {
  return namesOfRecords(items.map(removalOf), `arn:aws:dynamodb:::table/${tableName}`);
}

function removalOf({ pk, sk }: Key): StreamRecord {
  const Keys = { pk: { S: pk }, sk: { S: sk } };
  return { eventName: "REMOVE", dynamodb: { Keys, OldImage: Keys } };
}
