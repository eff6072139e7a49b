import { afterEach, describe, expect, test, vi } from "vitest";
import { pathToFileURL } from "node:url";
import path from "node:path";
import type { Graph } from "./support/graph.ts";
import { ROOT } from "./support/platform.ts";
import { stages } from "./support/stages.ts";

interface Config {
  app: (input: { stage: string }) => Promise<Graph["app"]>;
}

/** `app` of sst.config.ts, which SST runs before it contacts the account. */
async function loadApp(): Promise<Config["app"]> {
  vi.stubGlobal("$config", (config: Config) => config);
  const file = pathToFileURL(path.join(ROOT, "sst.config.ts")).href;
  const { default: config } = (await import(file)) as { default: Config };
  return config.app;
}

const app = await loadApp();

function appIn(env: Readonly<Record<string, string>>, stage: string): Promise<Graph["app"]> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return app({ stage });
}

afterEach(() => vi.unstubAllEnvs());

describe("before SST contacts the account", () => {
  const { env } = stages.production;

  test("production takes its region and its account from the variables of its own environment", async () => {
    const { providers } = await appIn(env, "production");
    expect(providers["aws"]).toMatchObject({
      region: "us-east-1",
      allowedAccountIds: ["123456789012"],
    });
  });

  test("a personal stage takes both from the shell", async () => {
    const { providers } = await appIn({ AWS_REGION: "" }, "alice");
    expect(providers["aws"]).toEqual({ version: "7.20.0" });
  });

  test.each(["AWS_REGION", "AWS_ACCOUNT_ID"])("production without %s is refused", async (name) => {
    await expect(appIn({ ...env, [name]: "" }, "production")).rejects.toThrow(
      `Production requires ${name}.`,
    );
  });

  test.each([
    [{ ...env, REDIS_REGION: "ap-northeast-2" }, "REDIS_REGION=ap-northeast-1"],
    [{ ...env, CACHE_PROBLEM_LIST_TTL: "soon" }, "CACHE_PROBLEM_LIST_TTL=soon"],
  ])("%o is refused", async (bad, text) => {
    await expect(appIn(bad, "production")).rejects.toThrow(text);
  });

  test.each([
    ["Production", "--stage production"],
    ["feature-login-screen2", "--stage feature-login-screen"],
    ["2026", "--stage alice"],
    ["7-days", "--stage days"],
    ["Alice_K", "--stage alice-k"],
    ["alice_k", "--stage alice-k"],
    ["alice.k", "--stage alice-k"],
  ])("the stage name %s is refused with a valid one as proposal", async (stage, text) => {
    await expect(appIn({}, stage)).rejects.toThrow(text);
    await expect(appIn({}, stage)).rejects.toThrow("at most 20 characters");
  });
});
