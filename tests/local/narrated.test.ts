import { expect, test } from "vitest";
import type { LogEntry } from "@algoitny/local/log-entry";
import { narrated } from "@algoitny/local/narrated";

test("what ended well is told with its size, time and result", async () => {
  const entries: LogEntry[] = [];
  const invoke = narrated(
    (_, event) => Promise.resolve({ got: event }),
    "stream",
    (entry) => entries.push(entry),
  );
  expect(await invoke("stream/a", { Records: [1, 2] })).toEqual({ got: { Records: [1, 2] } });
  await invoke("stream/a", { Records: [1] });
  await invoke("schedule/b", {});
  expect(entries).toMatchObject([
    { kind: "stream", text: expect.stringMatching(/^stream\/a, 2 records, [\d.]+ ms → \{"got"/) },
    { text: expect.stringContaining("stream/a, 1 record, ") },
    { text: expect.stringMatching(/^schedule\/b, [\d.]+ ms/) },
  ]);
});

test("what failed is left to whoever retries it", async () => {
  const entries: LogEntry[] = [];
  const invoke = narrated(
    () => Promise.reject(new Error("no")),
    "stream",
    (entry) => entries.push(entry),
  );
  await expect(invoke("stream/a", {})).rejects.toThrow("no");
  expect(entries).toEqual([]);
});
