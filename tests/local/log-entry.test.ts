import { expect, test } from "vitest";
import { formatEntry, toRequestEntry, type LogEntry } from "@algoitny/local/log-entry";

/** Local time, as a terminal shows it. */
const at = new Date(2026, 10, 22, 12, 34, 56);

const record = (timing?: string, url = "/api/problems/") => ({
  method: "GET",
  url,
  status: 200,
  durationMs: 1.234,
  headers: timing === undefined ? {} : { "server-timing": timing },
});

test("a request's line has method, path, status, cache, time and database reads", () => {
  const entry = toRequestEntry(record('cache;desc="HIT";dur=1.2, db;desc="0 reads"'));
  expect(entry).toMatchObject({ cache: "hit", databaseCalls: 0 });
  expect(formatEntry(entry, false, at).replaceAll(/ +/g, " ")).toBe(
    "12:34:56 GET /api/problems/ 200 hit 1.2 ms 0 reads",
  );
});

test.each([
  ['cache;desc="MISS";dur=1, load;dur=2, db;desc="3 reads"', "miss", 3],
  ['cache;desc="STALE";dur=1, db;desc="0 reads"', "stale", 0],
  ['db;desc="1 read"', undefined, 1],
  [undefined, undefined, undefined],
])("Server-Timing %j is read as %j with %j reads", (timing, cache, databaseCalls) => {
  expect(toRequestEntry(record(timing))).toMatchObject({ cache, databaseCalls });
});

test("no line contains the code in the address of a sign-in's redirect", () => {
  const entry = toRequestEntry(record(undefined, "/ops/?code=secret&state=mine"));
  expect(JSON.stringify(entry) + formatEntry(entry, false, at)).not.toMatch(/secret|mine/);
});

test("a write's line has the tags that it invalidated", () => {
  const entry = toRequestEntry(record('db;desc="4 reads", tags;desc="1 invalidated"'));
  expect(entry).toMatchObject({ databaseCalls: 4, invalidatedTags: 1 });
  expect(formatEntry(entry, false, at)).toMatch(/ 4 reads, 1 tag invalidated$/);
});

test("an answer that hides its cost is shown as a miss by its Cache-Status, or as a write by its tags", () => {
  const of = (headers: Record<string, string>) => toRequestEntry({ ...record(), headers });
  expect(of({ "cache-status": "algoitny; fwd=miss; stored; ttl=9" }).cache).toBe("miss");
  const write = of({
    "cache-status": "algoitny; fwd=method; detail=mutation",
    "server-timing": 'tags;desc="7 invalidated"',
  });
  expect(write).toMatchObject({ cache: undefined, databaseCalls: undefined });
  expect(formatEntry(write, false, at)).toMatch(/ms 7 tags invalidated$/);
});

test("a miss whose answer was not stored has the reason from its Cache-Status", () => {
  const line = (status: string) =>
    formatEntry(
      toRequestEntry({
        ...record(),
        headers: { "cache-status": status, "server-timing": 'db;desc="2 reads"' },
      }),
      false,
      at,
    );
  expect(line("algoitny; fwd=miss; detail=fill-refused")).toMatch(
    / miss +1\.2 ms 2 reads, not stored: fill-refused$/,
  );
  expect(line("algoitny; fwd=miss; stored; ttl=9; detail=over-budget")).toMatch(/ 2 reads$/);
  expect(line("algoitny; hit; ttl=9; detail=early-refresh")).toMatch(/ 2 reads$/);
});

test("a request that no function handled shows no reads", () => {
  const line = formatEntry(toRequestEntry({ ...record(), status: 401 }), false, at);
  expect(line).toMatch(/401 - +1\.2 ms$/);
});

test("email addresses and tokens in a path are not shown", () => {
  const url = "/api/problems/?search=me@example.com&t=eyJhbGciOi.eyJzdWIi.c2ln";
  const line = formatEntry(toRequestEntry(record(undefined, url)), false, at);
  expect(line).not.toContain("me@example.com");
  expect(line).not.toContain("eyJ");
});

test("other entries begin with their kind", () => {
  const entry: LogEntry = { kind: "stream", text: "Invalidate: 3 records" };
  expect(formatEntry(entry, false, at)).toBe("12:34:56 stream   Invalidate: 3 records");
});

test("color is used only when asked for", () => {
  const entry = toRequestEntry(record());
  expect(formatEntry(entry, false, at)).not.toContain("\u001B");
  expect(formatEntry(entry, true, at)).toContain("\u001B[32m200");
});
