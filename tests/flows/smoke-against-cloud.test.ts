import { execFile } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { promisify } from "node:util";
import { LOCAL_ORIGINS } from "@algoitny/local/local-api";
import { connect } from "@algoitny/ops/smoke/smoke-api";
import { checks } from "@algoitny/ops/smoke/checks";
import { type Outcome, runChecks } from "@algoitny/ops/smoke/run-checks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testCloud, type TestCloud } from "../support/test-cloud.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await testCloud({ sample: true });
});
afterAll(() => cloud.close());

const results = (outcomes: readonly Outcome[]) => outcomes.map(({ result }) => result);

async function smoke(url: string, token: string): Promise<Outcome[]> {
  const told: Outcome[] = [];
  const outcomes = await runChecks(checks, connect(url, token, LOCAL_ORIGINS), (outcome) =>
    told.push(outcome),
  );
  expect(told).toEqual(outcomes);
  return outcomes;
}

/** An address on which something listened, and no longer does. */
async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return `http://127.0.0.1:${port}`;
}

describe("the smoke test", () => {
  test("passes against the local cloud, with an admin's token", async () => {
    const outcomes = await smoke(cloud.url, cloud.tokens.admin);
    expect(outcomes.filter(({ result }) => result !== "passed")).toEqual([]);
    expect(outcomes).toHaveLength(checks.length);
  });

  test("is a command, which ends well", async () => {
    const words = ["packages/ops/src/cli/smoke.ts", cloud.url, cloud.tokens.admin];
    const env = { ...process.env, CORS_ORIGINS: LOCAL_ORIGINS.join() };
    const { stdout } = await promisify(execFile)(process.execPath, words, { env });
    expect(stdout.match(/^ok /gm)).toHaveLength(checks.length);
  });

  test("leaves out the write with another token, and says why", async () => {
    const outcomes = await smoke(`${cloud.url}/`, cloud.tokens.user);
    expect(results(outcomes)).toEqual([...checks.slice(1).map(() => "passed"), "skipped"]);
    expect(outcomes.at(-1)?.why).toBe("the token is not an admin's");
  });

  test("leaves out the preflights of origins that it does not know", async () => {
    const outcomes = await runChecks(checks, connect(cloud.url, cloud.tokens.admin), () => {});
    expect(outcomes.filter(({ result }) => result !== "passed")).toMatchObject([
      { result: "skipped", why: "CORS_ORIGINS names no origin" },
    ]);
  });

  test("fails for an origin that the API does not let in", async () => {
    const api = connect(cloud.url, cloud.tokens.user, ["https://forgotten.example"]);
    const outcomes = await runChecks(checks, api, () => {});
    expect(outcomes.filter(({ result }) => result === "failed")).toMatchObject([
      { why: "does not allow https://forgotten.example: deploy with this CORS_ORIGINS" },
    ]);
  });

  test("leaves nothing behind that anybody sees", async () => {
    const answer = await cloud.call("/api/problems/drafts/", { as: cloud.tokens.admin });
    expect(await answer.text()).not.toContain("SMOKE");
  });

  test("fails where the token is not taken", async () => {
    const outcomes = await smoke(cloud.url, "no.good.token");
    expect(outcomes.find(({ name }) => name === "takes the token")).toMatchObject({
      result: "failed",
      why: "answered 401 instead of 200",
    });
  });

  test("fails in every check where nothing listens, with the reason", async () => {
    const outcomes = await smoke(await deadUrl(), "token");
    expect(new Set(results(outcomes))).toEqual(new Set(["failed"]));
    expect(outcomes[0]?.why).toMatch(/fetch failed: .*ECONNREFUSED/);
  });

  test("notices a cache that is down", async () => {
    await cloud.redis.stop();
    const outcomes = await smoke(cloud.url, cloud.tokens.user);
    await cloud.redis.start();
    expect(outcomes[0]).toMatchObject({ result: "failed", why: expect.stringContaining("redis") });
  });
});
