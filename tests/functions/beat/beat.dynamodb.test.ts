import { Cache, defineResource, MemoryStore } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";
import { createBeatTable } from "@algoitny/core/beat/beat.table";
import type { Probe } from "@algoitny/core/beat/beat-items";
import { keys } from "@algoitny/core/table/keys";
import { getItems } from "@algoitny/core/table/read-items";
import { MAX_STALENESS } from "@algoitny/core/ttl";
import { beat } from "@algoitny/functions/beat/run-beat";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { testTable, type TestTable } from "../../support/dynamodb.ts";

const PROBES = 3;
const MINUTE_MS = 60_000;

let table: TestTable;
beforeAll(async () => {
  table = await testTable();
});
afterAll(() => table[Symbol.asyncDispose]());
beforeEach(() => createBeatTable(table.db).sendProbes(PROBES, 0));

const row = defineResource<void, string, { value: string }>({
  name: "row",
  ttl: "1 hour",
  jitter: 0,
  load: (_, { value }) => value,
});

/** A cache, its beat, and a stream that delivers probes unless it stands still, all on one virtual clock. */
async function setup() {
  const clock = new VirtualClock();
  const store = new MemoryStore({ now: clock.now });
  const cache = new Cache({ store, clock, random: () => 0.5, maxStaleness: MAX_STALENESS });
  const beats = createBeatTable(table.db);
  await beats.keep((await cache.beat({ closedMs: clock.now(), expected: null })).value);
  const lines: Record<string, unknown>[] = [];
  const pauses: number[] = [];
  const stream = { stuck: new Set<number>(), looks: 0, showsAtLook: 1 };
  const times = Array.from({ length: PROBES }, () => clock.now());
  const seen = {
    note: async () => {},
    async read(count: number) {
      stream.looks += 1;
      const items = await getItems(
        table.db,
        Array.from({ length: count }, (_, number) => keys.probe(number)),
      );
      for (const { number, sent_ms: sentMs } of items as unknown as Probe[])
        if (stream.looks >= stream.showsAtLook && !stream.stuck.has(number)) times[number] = sentMs;
      return [...times];
    },
  };
  const source = { value: "old" };
  return {
    cache,
    clock,
    store,
    beats,
    lines,
    pauses,
    stream,
    times,
    source,
    status: async () => (await cache.getEntry(row, undefined, { source })).status,
    run: () =>
      beat(PROBES, {
        cache,
        beats,
        seen,
        log: createLog((line) => lines.push(JSON.parse(line))),
        now: clock.now,
        async pause(ms) {
          pauses.push(ms);
          await clock.advance(ms);
        },
      }),
  };
}

test("a beat every minute keeps entries for their whole lifetime, and logs nothing", async () => {
  const { clock, run, status, lines, pauses } = await setup();
  await status();
  for (let minute = 0; minute < 10; minute += 1) {
    await clock.advance(MINUTE_MS);
    expect(await run()).toEqual({
      state: "advanced",
      reset: false,
      closed_age_ms: 500,
      missing: 0,
    });
  }
  expect(await status()).toBe("hit");
  expect(lines).toEqual([]);
  expect(pauses).toEqual(Array.from({ length: 10 }, () => 500));
});

test("the beat waits three seconds at most for late probes", async () => {
  const { clock, run, stream, pauses } = await setup();
  await clock.advance(MINUTE_MS);
  stream.showsAtLook = 2;
  expect(await run()).toMatchObject({ closed_age_ms: 1_500, missing: 0 });
  expect(pauses.splice(0)).toEqual([500, 1_000]);
  stream.showsAtLook = Infinity;
  expect(await run()).toMatchObject({ closed_age_ms: 4_500, missing: PROBES });
  expect(pauses).toEqual([500, 1_000, 1_500]);
});

test("probes have the time from before they are sent: later changes are not confirmed by them", async () => {
  const { clock, beats, run } = await setup();
  const send = beats.sendProbes.bind(beats);
  beats.sendProbes = async (count, sentMs) => {
    await clock.advance(200);
    await send(count, sentMs);
  };
  await clock.advance(MINUTE_MS);
  expect(await run()).toMatchObject({ closed_age_ms: 700, missing: 0 });
});

test("a shard that has stopped holds the closed timestamp back: a log line reports that, and later entries count as unconfirmed", async () => {
  const { clock, run, status, stream, lines } = await setup();
  await status();
  stream.stuck.add(1);
  await clock.advance(MINUTE_MS);
  expect(await run()).toMatchObject({ state: "advanced", closed_age_ms: 63_000, missing: 1 });
  expect([await status(), lines]).toEqual(["hit", []]);
  await clock.advance(MINUTE_MS);
  await run();
  expect(lines).toEqual([
    expect.objectContaining({
      level: "warn",
      message: expect.stringContaining("the stream does not deliver changes"),
      closed_age_ms: 126_000,
      missing: 1,
      max_staleness: "150 seconds",
    }),
  ]);
  await clock.advance(24_000);
  expect(await status()).toBe("hit");
  await clock.advance(1);
  expect(await status()).toBe("miss");
});

test("a stream that resumes confirms the stored entries again", async () => {
  const { clock, run, status, stream } = await setup();
  await status();
  stream.stuck.add(0);
  for (let minute = 0; minute < 3; minute += 1) {
    await clock.advance(MINUTE_MS);
    await run();
  }
  stream.stuck.clear();
  expect(await run()).toMatchObject({ closed_age_ms: 500, missing: 0 });
  expect(await status()).toBe("hit");
});

test("a Redis with a minute-old state is cleared, with a log line", async () => {
  const { cache, clock, store, run, status, source, lines } = await setup();
  await status();
  const names = (await store.walk({ pattern: "*", remove: [] })).keys;
  const image = await store.mget(names);
  await clock.advance(MINUTE_MS);
  await run();
  source.value = "new";
  await cache.invalidate(row);
  for (const [index, name] of names.entries()) store.put(name, image[index] ?? "");
  await clock.advance(MINUTE_MS);
  expect(await cache.get(row, undefined, { source })).toBe("old");
  expect(await run()).toMatchObject({ state: "cleared", reset: true });
  expect(await cache.get(row, undefined, { source })).toBe("new");
  expect(lines).toEqual([
    expect.objectContaining({ level: "warn", message: expect.stringContaining("not as the last") }),
  ]);
  await clock.advance(MINUTE_MS);
  expect(await run()).toMatchObject({ state: "advanced" });
});

test("the closed timestamp does not go back when Redis has lost the probes too", async () => {
  const { clock, run, stream, times } = await setup();
  await clock.advance(MINUTE_MS);
  await run();
  for (const number of [0, 1, 2]) stream.stuck.add(number);
  times.fill(0);
  await clock.advance(MINUTE_MS);
  expect(await run()).toMatchObject({ state: "advanced", closed_age_ms: 63_500 });
});

test("a run that a later run has overtaken changes nothing, and leaves the later run's item", async () => {
  const { cache, clock, beats, run, lines } = await setup();
  const { value } = await cache.beat({
    closedMs: clock.now() + MINUTE_MS,
    expected: await beats.last(),
  });
  const kept = await beats.last();
  expect(await run()).toMatchObject({ state: "late" });
  expect(await beats.last()).toBe(kept);
  expect(lines).toEqual([
    expect.objectContaining({ message: expect.stringContaining("a later beat") }),
  ]);
  await beats.keep(value);
  await clock.advance(2 * MINUTE_MS);
  expect(await run()).toMatchObject({ state: "advanced" });
});

test("an unreadable item of the last beat counts as no last beat", async () => {
  const { clock, beats, run, lines } = await setup();
  await beats.keep("");
  expect(await beats.last()).toBeNull();
  await clock.advance(MINUTE_MS);
  expect(await run()).toMatchObject({ state: "cleared" });
  expect(lines).toEqual([]);
});

test("the first beat of a stage reports the delay of its own probes, not the time since 1970", async () => {
  const { run, beats, stream, times } = await setup();
  await beats.forget();
  times.fill(0);
  for (let number = 0; number < PROBES; number += 1) stream.stuck.add(number);
  expect(await run()).toMatchObject({ closed_age_ms: 3_000, missing: PROBES, reset: false });
});
