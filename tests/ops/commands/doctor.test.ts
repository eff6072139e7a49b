import { REFUSES_WRITES } from "@algoitny/functions/check-health";
import { findingTexts } from "@algoitny/functions/findings/finding-texts";
import * as answers from "@algoitny/functions/openapi/function-answers";
import { doctor } from "@algoitny/ops/commands/doctor";
import { expect, test } from "vitest";

const PERIOD_SECONDS = 10;
const COMPLETE = 90;
const TIMES = Array.from({ length: COMPLETE + 1 }, (_, index) => index * PERIOD_SECONDS);
const AS_OF = COMPLETE * PERIOD_SECONDS + 4;

const finding = (id: string) => ({
  id,
  sentence: `sentence of ${id}`,
  since: 0,
  means: "",
  todo: "",
});

/** The doctor's result, if the last beat was in that interval. */
async function examined(
  last: number | undefined,
  {
    found = [],
    redis = "ok",
    stage = "shop",
  }: { found?: readonly string[]; redis?: string; stage?: string } = {},
) {
  const closed_age_ms = TIMES.map((_, index) => (last !== undefined && index <= last ? 600 : null));
  const metrics = {
    service: "test",
    period_seconds: PERIOD_SECONDS,
    times: TIMES,
    complete: COMPLETE,
    as_of: AS_OF,
    columns: { closed_age_ms },
    totals: {},
  };
  const api = {
    send: async () => ({
      status: 200,
      headers: new Headers(),
      text: "",
      json: { status: "ok", checks: { redis, dynamodb: "ok" } },
    }),
    call: async (_: string, path: string) =>
      path.includes("metrics") ? metrics : { as_of: 0, findings: found.map(finding) },
  };
  const context = { api, answers, stage: { name: stage } } as unknown as Parameters<
    typeof doctor.run
  >[1];
  return doctor.run({ flags: {}, words: [] }, context);
}

async function rows(...given: Parameters<typeof examined>) {
  const { data } = await examined(...given);
  const { checks } = data as {
    checks: { name: string; result: string; says: string; todo?: string }[];
  };
  return checks;
}

const beatRow = async (...given: Parameters<typeof rows>) =>
  (await rows(...given)).find(({ name }) => name === "beat");

test.each([
  ["in the current interval", COMPLETE, "ok", 4],
  ["a run ago", COMPLETE - 1, "ok", 14],
  ["three runs ago", COMPLETE - 3, "ok", 34],
  ["longer ago", COMPLETE - 4, "fault", 44],
])(
  "a last beat %s has its age, and is a fault once runs are missing",
  async (_, last, result, ago) => {
    expect(await beatRow(last)).toMatchObject({
      result,
      says: `the last one, at most ${ago} s ago, confirmed all changes older than 0.6 s`,
    });
  },
);

test("beats that fail with Redis, or that a finding names, are neither ok nor a second fault", async () => {
  expect(await beatRow(COMPLETE - 1, { redis: "down" })).toMatchObject({
    result: "skipped",
    says: expect.stringMatching(/^the last one, at most 14 s ago, .*: see redis above$/),
  });
  expect(await beatRow(COMPLETE - 20, { found: ["beat-missing"] })).toMatchObject({
    result: "skipped",
    says: expect.stringMatching(/: see below$/),
  });
  expect(await beatRow(COMPLETE - 20, { found: ["redis-slow"] })).toMatchObject({
    result: "fault",
  });
});

test.each([
  ["down", "redis-down"],
  [REFUSES_WRITES, "redis-refuses"],
] as const)("a Redis that is `%s` refers to the guide's section %s", async (redis, id) => {
  const row = (await rows(COMPLETE, { redis })).find(({ name }) => name === "redis");
  expect(row).toMatchObject({ result: "fault", says: redis });
  expect(row?.todo).toBe(`see docs/troubleshooting.md, ${findingTexts[id].title}`);
});

test("for a local Redis that does not answer, the remedy is in the cloud's log", async () => {
  const found = ["redis-down", "redis-slow"];
  const remedies = async (stage: string) =>
    (await examined(COMPLETE, { redis: "down", stage, found })).text.match(
      /starts redis-server again/g,
    );
  expect(await remedies("local")).toHaveLength(2);
  expect(await remedies("shop")).toBeNull();
  const refused = await rows(COMPLETE, { redis: REFUSES_WRITES, stage: "local" });
  expect(refused.find(({ name }) => name === "redis")?.todo).toContain("docs/troubleshooting.md");
});

test("a finding about a Redis that works again says that it will end; others do not", async () => {
  const found = ["redis-down", "redis-slow"];
  const { text } = await examined(COMPLETE, { found });
  expect(text).toContain("sentence of redis-down (it works now: this finding ends within minutes)");
  expect(text).toMatch(/sentence of redis-slow$/m);
  expect((await examined(COMPLETE, { found, redis: "down" })).text).not.toContain("it works now");
});

test("a stage without a beat has none to judge", async () => {
  expect(await beatRow(undefined)).toMatchObject({ result: "skipped" });
});
