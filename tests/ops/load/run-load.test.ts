import { VirtualClock } from "@algoitny/cache/testing";
import { seededRandom } from "@algoitny/cache/testing/explore";
import { type LoadClock, runLoad } from "@algoitny/ops/load/run-load";
import type { Send } from "@algoitny/ops/load/sender";
import type { Exchange } from "@algoitny/ops/load/tally";
import { expect, test } from "vitest";

const HIT: Exchange = { status: 200, outcome: "hit", fromFunction: true };

/** Sends 200 requests a second for 10 s of a virtual clock; `send` stands for the API. */
async function load(
  send: (clock: VirtualClock) => Send,
  { perSecond = 200, oversleptMs = 0 } = {},
) {
  const clock = new VirtualClock();
  const startMs = clock.now();
  const sleeper: LoadClock = { now: clock.now, sleep: (ms) => clock.sleep(ms + oversleptMs) };
  const plan = {
    perSecond,
    durationMs: 10_000,
    random: seededRandom(7),
    draw: () => ({ endpoint: "GET /api/problems/" as const, path: "/api/problems/" }),
  };
  const running = runLoad(plan, send(clock), { clock: sleeper });
  await clock.advance(20_000);
  return { ...(await running), startMs };
}

test("an API that hangs for 2 s delays every request of that time", async () => {
  const waits: number[] = [];
  const result = await load((clock) => {
    const startMs = clock.now();
    return async () => {
      const sinceMs = clock.now() - startMs;
      const waitMs = sinceMs >= 3_000 && sinceMs < 5_000 ? 5_000 - sinceMs : 5;
      waits.push(waitMs);
      await clock.sleep(waitMs);
      return HIT;
    };
  });
  // A client that waits for each answer would have sent only a few requests in these 2 s.
  expect(waits.filter((ms) => ms > 100).length).toBeGreaterThan(300);
  expect(result.all.p99_ms).toBeGreaterThan(1_800);
  expect(result.all.max_ms).toBeLessThan(2_010);
  expect(result.all.p50_ms).toBeLessThan(10);
  expect(result.valid).toBe(true);
});

test("a request's time counts from when it was due, and a late generator reports that its times are unreliable", async () => {
  const result = await load(() => async () => HIT, { oversleptMs: 30 });
  expect(result.all.p50_ms).toBeGreaterThan(10);
  expect(result.late_p99_ms).toBeGreaterThan(20);
  expect(result.valid).toBe(false);
});

test("requests beyond 2,000 under way are not sent, but counted", async () => {
  const all = Promise.withResolvers<Exchange>();
  let sent = 0;
  const result = await load(
    (clock) => {
      void clock.sleep(15_000).then(() => all.resolve(HIT));
      return async () => {
        sent += 1;
        return all.promise;
      };
    },
    { perSecond: 300 },
  );
  expect(sent).toBe(2_000);
  expect(result.shed).toBeGreaterThan(800);
  expect(result.endpoints["GET /api/problems/"]?.requests).toBe(2_000);
});

test("results are counted by outcome, status and fault", async () => {
  const results: Exchange[] = [
    HIT,
    { status: 200, outcome: "miss", fromFunction: true },
    { status: 429, outcome: undefined, fromFunction: false },
    { status: 500, outcome: undefined, fromFunction: true },
    { error: "ECONNRESET" },
  ];
  const left = [...results];
  const result = await load(() => async () => left.shift() ?? HIT);
  const { requests, ...endpoint } = result.endpoints["GET /api/problems/"] ?? { requests: 0 };
  expect(requests).toBeGreaterThan(1_800);
  expect(endpoint).toMatchObject({
    hit: requests - 4,
    miss: 1,
    refused: 1,
    answers: { "200": requests - 3, "429": 1, "500": 1, ECONNRESET: 1 },
  });
  expect(result).toMatchObject({ failed: 2, refused: 1, shed: 0 });
  expect(result.outcomes["hit"]?.requests).toBe(requests - 4);
});
