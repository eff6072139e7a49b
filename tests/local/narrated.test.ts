import { expect, test } from "vitest";
import type { LogEntry } from "@algoitny/local/log-entry";
import { narrated } from "@algoitny/local/narrated";

test("a success is logged with its size, time and result", async () => {
  const entries: LogEntry[] = [];
  const invoke = narrated(
    (_, event) => Promise.resolve({ got: event }),
    "stream",
    (entry) => entries.push(entry),
  );
  expect(await invoke("stream/a", { Records: [1, 2] })).toEqual({ got: { Records: [1, 2] } });
  await invoke("stream/a", { Records: [1] });
  const record = (seconds: number) => ({ dynamodb: { ApproximateCreationDateTime: seconds } });
  await invoke("stream/a", { Records: [record(7), record(9)] });
  expect(entries).toMatchObject([
    { kind: "stream", text: expect.stringMatching(/^stream\/a, 2 records, [\d.]+ ms → \{"got"/) },
    { text: expect.stringContaining("stream/a, 1 record, ") },
    { routine: true, changes: { count: 2, atMs: 9_000 } },
  ]);
});

test("a schedule's line sums up its answer, and is not routine", async () => {
  const counts = { refreshed: 49, skipped: 0, busy: 0, not_stored: 0, due: 0, left: 0, failed: 0 };
  const report = { state: "done", down: [], dry_run: false, ms: 1_500, ...counts, plans: [] };
  const entries: LogEntry[] = [];
  await narrated(
    () => Promise.resolve(report),
    "schedule",
    (entry) => entries.push(entry),
  )("schedule/b", {});
  expect(entries).toMatchObject([
    {
      routine: false,
      text: expect.stringMatching(/^schedule\/b, [\d.]+ ms → refreshed 49, failed 0, 1\.5 s$/),
    },
  ]);
});

test("a failure is thrown to the caller, which retries, and not logged", async () => {
  const entries: LogEntry[] = [];
  const invoke = narrated(
    () => Promise.reject(new Error("no")),
    "stream",
    (entry) => entries.push(entry),
  );
  await expect(invoke("stream/a", {})).rejects.toThrow("no");
  expect(entries).toEqual([]);
});
