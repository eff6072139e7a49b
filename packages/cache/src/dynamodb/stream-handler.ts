import { refuse } from "../errors.ts";
import { checkGiven } from "../faults.ts";
import type { Tag } from "../tag.ts";
import { fineScopes, type ScopeOptions } from "./fine-scopes.ts";
import { checkCache } from "./recorder.ts";
import type { Invalidations } from "./writing.ts";

type Image = Readonly<Record<string, unknown>>;

/** The fields that the handler reads of a stream record, in the form in which Lambda passes them. */
export interface StreamRecord {
  readonly eventName?: string | undefined;
  readonly eventSourceARN?: string | undefined;
  readonly dynamodb?:
    | {
        readonly Keys?: Image | undefined;
        readonly OldImage?: Image | undefined;
        readonly NewImage?: Image | undefined;
      }
    | undefined;
}

export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

/**
 * Makes the handler of a table's stream with view type NEW_AND_OLD_IMAGES: each batch is one invalidation. It names no
 * table, index or resource, so it needs no change when these change; if `scopes` leaves out a kind that a new resource
 * reads, it invalidates more than necessary. If the store does not accept the invalidation, the handler rejects, and
 * Lambda retries the batch.
 *
 * @example
 * export const handler = streamHandler(cache);
 */
export function streamHandler(
  cache: Pick<Invalidations, "invalidate">,
  options: ScopeOptions = {},
): (event: StreamEvent) => Promise<void> {
  checkCache("streamHandler", cache);
  checkGiven(options, "scopes", "streamHandler: ");
  const scopes = fineScopes(options.scopes, "streamHandler");
  return async (event) => {
    const { Records } = event ?? {};
    if (!Array.isArray(Records)) refuse("streamHandler: not an event of a DynamoDB stream");
    const { namesOfRecord } = await import("./record-names.ts");
    const names = new Set<Tag>();
    for (const record of Records) for (const name of namesOfRecord(record, scopes)) names.add(name);
    await cache.invalidate([...names]);
  };
}
