import type { Cache, LoadReads, Tag } from "@algoitny/cache";
import { recorder } from "@algoitny/cache/dynamodb";
import { RECORDED_SCOPES } from "@algoitny/core/recorded-scopes";
import type { Announce, createClient } from "@algoitny/core/table/database";
import type { Key } from "@algoitny/core/table/keys";

interface Opened {
  readonly cache: Cache;
  readonly client: ReturnType<typeof createClient>;
  readonly tableName: string;
}

/** Table clients for recorded views: for loads, for writes, and for writes that are announced before they are made. */
export function openRecording({ cache, client, tableName }: Opened) {
  const keys = { [tableName]: ["pk", "sk"] };
  const dynamodb = recorder(client, { keys, scopes: RECORDED_SCOPES });
  const clients = (names: Set<Tag> | undefined) => {
    const invalidate = names ? collect(names) : (tags: readonly Tag[]) => cache.invalidate(tags);
    const writing = dynamodb.writing({ invalidate, change: cache.change.bind(cache) });
    const guarded = (change: Announce) =>
      dynamodb.writing({ invalidate, change }, { guarded: true });
    const inDoubt = async (items: readonly Key[]) => {
      const { namesOfItems } = await import("./invalidation/recorded-names.ts");
      await invalidate(await namesOfItems(items, tableName));
    };
    return { writing, guarded, inDoubt };
  };
  return {
    for: (reads: LoadReads) => dynamodb.for(reads),
    /**
     * Clients whose writes add the tags of recorded reads that they affect to a set, or invalidate those tags at once
     * if there is no set; `inDoubt` does so for items that are not written.
     */
    clients,
  };
}

/** Adds tags to the set instead of invalidating them: one command then invalidates all tags of a request. */
function collect(names: Set<Tag>) {
  return async (tags: readonly Tag[]): Promise<void> => {
    for (const tag of tags) names.add(tag);
  };
}
