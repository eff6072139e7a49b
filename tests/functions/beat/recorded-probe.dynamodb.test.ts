import { Cache, MemoryStore, subscribe, type VerifyOptions } from "@algoitny/cache";
import { streamHandler } from "@algoitny/cache/dynamodb";
import { RECORDED_SCOPES } from "@algoitny/core/recorded-scopes";
import type { Source } from "@algoitny/core/source";
import { createRecordedProbe } from "@algoitny/functions/beat/recorded-probe";
import { beat } from "@algoitny/functions/beat/run-beat";
import { openTables } from "@algoitny/functions/open-tables";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { expect, onTestFinished, test, vi } from "vitest";
import { readTable, recordsOf } from "../../core/soundness/records.ts";
import { testTable } from "../../support/dynamodb.ts";

const PROBES = 2;

test("a beat fails while the stream's function does not invalidate for recorded views, and succeeds once it does", async () => {
  await using table = await testTable();
  const { db, endpoint } = table;
  const { tableName } = db;
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", endpoint);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  // The consumer of checks knows only views: a hit of the probe must not be passed to it.
  const enqueue = vi.fn<VerifyOptions["enqueue"]>(async () => undefined);
  const cache = new Cache({ store: new MemoryStore(), verify: { rate: 1, enqueue } });
  const isHit = vi.fn<() => void>();
  onTestFinished(subscribe((event) => void (event.type === "hit" && isHit())));
  const log = createLog(() => undefined);
  const open = await openTables({ cache, hasRecordedViews: true, tableName, log });
  const onCall = () => undefined;
  const source = {
    recorded: (reads) => ({ tables: async () => open(onCall, { reads }) }),
  } as Partial<Source> as Source;
  const { beats } = open(onCall, { isBare: true });
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
        await streamHandler(cache, { scopes: RECORDED_SCOPES })({ Records: records as never });
        // Writes the probe as the beat of another process does.
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
      log,
      pause: async () => undefined,
    });
  await expect(run()).rejects.toThrow("an entry made from a probe is still stored");
  await expect(run()).rejects.toThrow("an entry made from a probe is still stored");
  expect(isHit).toHaveBeenCalled();
  expect(enqueue).not.toHaveBeenCalled();
  expect(await beats.last()).toBeNull();
  isDeployed = true;
  await expect(run()).resolves.toMatchObject({ missing: 0 });
  await expect(run()).resolves.toMatchObject({ state: "advanced", missing: 0 });
  vi.unstubAllEnvs();
});
