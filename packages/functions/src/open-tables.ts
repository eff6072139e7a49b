import type { Cache, LoadReads, Tag } from "@algoitny/cache";
import {
  createClient,
  createDatabase,
  type Database,
  type Hide,
} from "@algoitny/core/table/database";
import { createIdBlocks } from "@algoitny/core/table/id-blocks";
import { createTables, type Tables } from "@algoitny/core/tables";
import { describeError, type Log } from "./telemetry/log.ts";

interface Opened {
  readonly cache: Cache;
  readonly hasRecordedViews: boolean;
  readonly tableName: string;
  readonly log: Pick<Log, "error">;
}

interface Use {
  readonly hide?: Hide | undefined;
  /** Recorder of the load that reads the tables. */
  readonly reads?: LoadReads | undefined;
  /**
   * Receives the tags of recorded reads that writes affect; without this set, writes invalidate those tags at once.
   */
  readonly names?: Set<Tag> | undefined;
  /** Writes invalidate nothing: that is left to the stream. */
  readonly isBare?: boolean;
}

/** Opens one client; the returned function makes the tables for one use of it. */
export async function openTables({ cache, hasRecordedViews, tableName, log }: Opened) {
  const ids = createIdBlocks();
  const client = createClient();
  const recording = hasRecordedViews
    ? (await import("./recording.ts")).openRecording({ cache, client, tableName })
    : undefined;
  const onUnreadable: Database["onUnreadable"] = ({ pk, sk }, error) =>
    log.error("an item cannot be read", { pk, sk, error: describeError(error) });
  return (onCall: () => void, { hide, reads, names, isBare = false }: Use = {}): Tables => {
    const { writing, guarded, inDoubt } = (!isBare && recording?.clients(names)) || {};
    const own = (reads ? recording?.for(reads) : writing) ?? client;
    const db = createDatabase({
      tableName,
      client: own,
      guarded,
      inDoubt,
      onUnreadable,
      onCall,
      hide,
    });
    return createTables(db, { ids });
  };
}
