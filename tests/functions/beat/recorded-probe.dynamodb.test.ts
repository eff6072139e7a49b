import { Cache, MemoryStore } from "@algoitny/cache";
import { streamHandler } from "@algoitny/cache/dynamodb";
import { createBeatTable } from "@algoitny/core/beat/beat.table";
import type { Source } from "@algoitny/core/source";
import { createClient, createDatabase } from "@algoitny/core/table/database";
import { createTables } from "@algoitny/core/tables";
import { createRecordedProbe } from "@algoitny/functions/beat/recorded-probe";
import { beat } from "@algoitny/functions/beat/run-beat";
import { openRecording } from "@algoitny/functions/recording";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { expect, test } from "vitest";
import { readTable, recordsOf } from "../../core/soundness/records.ts";
import { testTable } from "../../support/dynamodb.ts";

const PROBES = 2;

test("a beat fails while the stream's function does not invalidate for recorded views, and succeeds once it does", async () => {
  await using table = await testTable();
  const { db, endpoint } = table;
  const { tableName } = db;
  const client = createClient(endpoint);
  const cache = new Cache({ store: new MemoryStore() });
  const recording = openRecording({ cache, client, tableName });
  const source = {
    recorded: (reads) => ({
      tables: async () => createTables(createDatabase({ tableName, client: recording.for(reads) })),
    }),
  } as Partial<Source> as Source;
  const beats = createBeatTable(db);
  let isDeployed = false;
  let before = await readTable(db);
  const seen = {
    note: async () => undefined,
    read: async () => {
      const after = await readTable(db);
      const records = recordsOf(before, after).map((record) => ({
        ...record,
        eventName: record.dynamodb?.OldImage ? "MODIFY" : "INSERT",
        eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${tableName}/stream/1`,
      }));
      before = after;
      if (isDeployed) {
        await streamHandler(cache)({ Records: records as never });
        // Writes the probe as another process's beat does.
        await createRecordedProbe(cache, source).read();
      }
      return Array.from({ length: PROBES }, () => Date.now());
    },
  };
  const run = () =>
    beat(PROBES, {
      cache,
      beats,
      seen,
      recorded: createRecordedProbe(cache, source),
      log: createLog(() => undefined),
      pause: async () => undefined,
    });
  await expect(run()).rejects.toThrow("an entry made from a probe is still stored");
  expect(await beats.last()).toBeNull();
  isDeployed = true;
  await expect(run()).resolves.toMatchObject({ missing: 0 });
  await expect(run()).resolves.toMatchObject({ state: "advanced", missing: 0 });
  client.destroy();
});
