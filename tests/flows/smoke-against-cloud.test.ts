import { execFile } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { promisify } from "node:util";
import { LOCAL_ORIGINS } from "@algoitny/local/local-api";
import { connect } from "@algoitny/ops/smoke/smoke-api";
import { checks } from "@algoitny/ops/smoke/checks";
import { type Outcome, runChecks } from "@algoitny/ops/smoke/run-checks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { testCloud, type TestCloud } from "../support/test-cloud.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await testCloud({ sample: true });
});
afterAll(() => cloud.close());

const results = (outcomes: readonly Outcome[]) => outcomes.map(({ result }) => result);

async function smoke(url: string, token: string): Promise<Outcome[]> {
  const reported: Outcome[] = [];
  const outcomes = await runChecks(checks, connect(url, token, LOCAL_ORIGINS), (outcome) =>
    reported.push(outcome),
  );
  expect(reported).toEqual(outcomes);
  return outcomes;
}

/** Address of a closed listener. */
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

  test("is a command that succeeds once a beat has come through the stream", async () => {
    const words = ["packages/ops/src/cli/smoke.ts", cloud.url, cloud.tokens.admin];
    const env = { ...process.env, CORS_ORIGINS: LOCAL_ORIGINS.join() };
    const running = promisify(execFile)(process.execPath, words, { env });
    const over = running.then(() => true);
    const fired = () => cloud.scheduler.fire("Beat").then(() => false);
    // The smoke test waits for a beat after its own start.
    while (!(await Promise.race([over, fired()])));
    const { stdout } = await running;
    expect(stdout.match(/^ok /gm)).toHaveLength(checks.length + 1);
  });

  test("skips the write with a token without admin rights, with the reason", async () => {
    const outcomes = await smoke(`${cloud.url}/`, cloud.tokens.user);
    expect(results(outcomes)).toEqual([...checks.slice(1).map(() => "passed"), "skipped"]);
    expect(outcomes.at(-1)?.why).toBe("the token is not an admin's");
  });

  test("skips the preflights when CORS_ORIGINS is not set", async () => {
    const outcomes = await runChecks(checks, connect(cloud.url, cloud.tokens.admin), () => {});
    expect(outcomes.filter(({ result }) => result !== "passed")).toMatchObject([
      { result: "skipped", why: "CORS_ORIGINS is not set here, so CORS was not checked" },
    ]);
  });

  test("fails for an origin that the API does not allow", async () => {
    const api = connect(cloud.url, cloud.tokens.user, ["https://forgotten.example"]);
    const outcomes = await runChecks(checks, api, () => {});
    expect(outcomes.filter(({ result }) => result === "failed")).toMatchObject([
      { why: "does not allow https://forgotten.example: deploy with this CORS_ORIGINS" },
    ]);
  });

  test("leaves one deleted problem behind, however often it runs", async () => {
    const idOf = async () => {
      const path = "/api/problems/smoke/SMOKE-TEST/";
      const response = await cloud.call(path, { as: cloud.tokens.admin });
      return z.object({ id: z.int() }).parse(await response.json()).id;
    };
    await smoke(cloud.url, cloud.tokens.admin);
    const id = await idOf();
    expect((await smoke(cloud.url, cloud.tokens.admin)).at(-1)).toMatchObject({ result: "passed" });
    expect(await idOf()).toBe(id);

    const drafts = await cloud.call("/api/problems/drafts/", { as: cloud.tokens.admin });
    expect(await drafts.text()).not.toContain("SMOKE");
    const platform = { platform: "smoke", problem_id: "NEXT" };
    const body = JSON.stringify({ ...platform, title: "Takes the next id" });
    const next = await cloud.call("/api/problems/", {
      method: "POST",
      as: cloud.tokens.admin,
      body,
    });
    expect(await next.json()).toMatchObject({ id: id + 1 });
  });

  test("fails in one check when the token is refused, and skips the write", async () => {
    const outcomes = await smoke(cloud.url, "no.good.token");
    expect(outcomes.filter(({ result }) => result !== "passed")).toMatchObject([
      { name: "accepts the token", result: "failed", why: expect.stringContaining("refused") },
      { result: "skipped", why: "the token is refused" },
    ]);
  });

  test("ends after the first check when nothing listens, with the reason", async () => {
    const outcomes = await smoke(await deadUrl(), "token");
    expect(outcomes).toMatchObject([
      { result: "failed", why: expect.stringMatching(/cannot reach http.*ECONNREFUSED/) },
    ]);
  });

  test("finds that the cache is down", async () => {
    await cloud.redis.stop();
    const outcomes = await smoke(cloud.url, cloud.tokens.user);
    await cloud.redis.start();
    expect(outcomes[0]).toMatchObject({ result: "failed", why: expect.stringContaining("redis") });
  });
});
