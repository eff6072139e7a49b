import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { toItem } from "../table/action.ts";
import { putItems } from "../table/batch-write.ts";
import type { Database } from "../table/database.ts";
import { keys } from "../table/keys.ts";
import { getStored } from "../table/read-items.ts";
import { BeatState } from "./beat-items.ts";

export interface BeatTable {
  /** Value that the last beat left in the cache's store; null before the first beat, and when it cannot be read. */
  last(): Promise<string | null>;
  keep(value: string): Promise<void>;
  /** Writes so many probes, 25 a request. */
  sendProbes(count: number, sentMs: number): Promise<void>;
}

export function createBeatTable(db: Database): BeatTable {
  return {
    async last() {
      const { data } = BeatState.safeParse(await getStored(db, keys.beat()));
      return data?.value ?? null;
    },
    async keep(value) {
      const Item = toItem(keys.beat(), "beat", { value });
      await db.send(new PutCommand({ TableName: db.tableName, Item }));
    },
    async sendProbes(count, sentMs) {
      const probes = Array.from({ length: count }, (_, number) =>
        toItem(keys.probe(number), "probe", { number, sent_ms: sentMs }),
      );
      await putItems(db, probes);
    },
  };
}
