import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { toItem } from "../table/action.ts";
import { putItems } from "../table/batch-write.ts";
import type { Database } from "../table/database.ts";
import { keys } from "../table/keys.ts";
import { getStored } from "../table/read-items.ts";
import { BeatState, Probe } from "./beat-items.ts";

export interface BeatTable {
  /** Value that the last beat left in the cache's store; null before the first beat, and when it cannot be read. */
  last(): Promise<string | null>;
  keep(value: string): Promise<void>;
  /** Makes the next beat the first one. */
  forget(): Promise<void>;
  /** Writes `count` probes, numbered from 0, 25 a request. */
  sendProbes(count: number, sentMs: number): Promise<void>;
  /** Sending time of a probe, in ms since the epoch; null before the first beat, and when it cannot be read. */
  sentMs(number: number): Promise<number | null>;
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
    async forget() {
      await db.send(new DeleteCommand({ TableName: db.tableName, Key: keys.beat() }));
    },
    async sendProbes(count, sentMs) {
      const probes = Array.from({ length: count }, (_, number) =>
        toItem(keys.probe(number), "probe", { number, sent_ms: sentMs }),
      );
      await putItems(db, probes);
    },
    async sentMs(number) {
      const { data } = Probe.safeParse(await getStored(db, keys.probe(number)));
      return data?.sent_ms ?? null;
    },
  };
}
