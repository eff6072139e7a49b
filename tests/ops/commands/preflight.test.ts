import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { preflight } from "@algoitny/ops/commands/preflight";
import { EXIT, runOps } from "@algoitny/ops/commands/run-ops";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Concurrency limit in Lambda's account settings. */
let concurrency = 1_000;
/** Issuer's name in its discovery document. */
let issuerName = "";
const lambda = createServer(({ url = "" }, response) => {
  const answers: Record<string, object> = {
    "/.well-known/openid-configuration": { issuer: issuerName, jwks_uri: `${endpoint}/keys` },
    "/keys": { keys: [{}] },
  };
  const account = { AccountLimit: { ConcurrentExecutions: concurrency } };
  response.end(JSON.stringify(answers[url] ?? account));
});
const folder = mkdtempSync(path.join(os.tmpdir(), "preflight-"));
let endpoint = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => void lambda.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  execFileSync("git", ["init", "-q", folder]);
  writeFileSync(path.join(folder, ".git/info/exclude"), ".env*\n");
});
afterAll(() => {
  lambda.close();
  rmSync(folder, { recursive: true });
});

const PRODUCTION = `AWS_REGION=eu-west-1
AWS_ACCOUNT_ID=123456789012
AUTH_ISSUER=cognito
ADMIN_EMAILS=ops@example.com
CORS_ORIGINS=none
API_DOMAIN=none
ALARM_EMAIL=none
UPSTASH_EMAIL=ops@example.com
UPSTASH_API_KEY=key
`;

async function call(words: readonly string[], env: Record<string, string> = {}) {
  const out: string[] = [];
  const code = await runOps({ preflight }, ["preflight", ...words], {
    env: { HOME: folder, AWS_ENDPOINT_URL_LAMBDA: endpoint, ...env },
    folder,
    print: (text) => out.push(text),
    note: (line) => out.push(line),
    ask: undefined,
    nextRound: async () => false,
  });
  return { code, out: out.join("\n") };
}

const PROFILE = { AWS_PROFILE: "test" };

async function run(settings: string, env: Record<string, string> = PROFILE) {
  writeFileSync(path.join(folder, ".env.production"), settings);
  const { code, out } = await call(["--stage", "production", "--json"], env);
  const { checks } = JSON.parse(out) as {
    checks: { name: string; result: string; says: string }[];
  };
  return { code, by: Object.fromEntries(checks.map((check) => [check.name, check])) };
}

test("a stage that may be deployed passes, and checks that need AWS are skipped", async () => {
  const { code, by } = await run(PRODUCTION);
  expect(code).toBe(EXIT.fine);
  expect(by["variables"]).toMatchObject({ result: "ok" });
  expect(by["Lambda concurrency"]).toMatchObject({
    result: "skipped",
    says: "needs AWS_ACCESS_KEY_ID",
  });
});

test("without AWS credentials no stage can be deployed", async () => {
  const { code, by } = await run(PRODUCTION, {});
  expect(code).toBe(EXIT.failed);
  expect(by["credentials"]).toMatchObject({
    result: "fault",
    says: expect.stringContaining("set AWS_PROFILE"),
  });
  expect((await call(["--stage", "alice"])).out).toMatch(/^fault +credentials +AWS/m);
});

test("the rows are aligned", async () => {
  const { out } = await call(["--stage", "alice"], PROFILE);
  const starts = out.split("\n").map((line) => /^\w+ +[\w -]+? {2,}/.exec(line)?.[0].length);
  expect(new Set(starts).size).toBe(1);
});

test.each([
  [["--stage", "bad stage!"], "--stage bad stage!: write letters, digits and hyphens"],
  [["--stage", "alice", "--url", "https://api.example.com"], "no option --url"],
  [["--stage", "alice", "--data", "x"], "no option --data"],
])("%j is refused: %s", async (words, says) => {
  expect(await call(words)).toMatchObject({
    code: EXIT.usage,
    out: expect.stringContaining(says),
  });
});

test.each([
  ["variables", PRODUCTION.replace("ADMIN_EMAILS=ops@example.com", ""), "ADMIN_EMAILS"],
  ["regions", `${PRODUCTION}REDIS_REGION=us-east-1\n`, "each hit crosses regions"],
  ["issuer", PRODUCTION.replace("cognito", "https://127.0.0.1:9/"), "127.0.0.1"],
])("harmful %s are a fault", async (name, settings, words) => {
  const { code, by } = await run(settings);
  expect(code).toBe(EXIT.failed);
  expect(by[name]).toMatchObject({ result: "fault", says: expect.stringContaining(words) });
});

test("an issuer whose discovery document has another name is a fault: its tokens would be refused", async () => {
  const settings = PRODUCTION.replace("AUTH_ISSUER=cognito", `AUTH_ISSUER=${endpoint}`);
  issuerName = endpoint;
  expect((await run(settings)).by["issuer"]).toMatchObject({ result: "ok", says: "1 key" });
  issuerName = `${endpoint}/`;
  expect((await run(settings)).by["issuer"]).toMatchObject({
    result: "fault",
    says: expect.stringContaining("to the last slash"),
  });
});

test("a new account's Lambda concurrency is a fault, and so is an uncommitted file", async () => {
  concurrency = 10;
  writeFileSync(path.join(folder, "new.txt"), "");
  const { code, by } = await run(PRODUCTION, {
    AWS_ACCESS_KEY_ID: "AKID",
    AWS_SECRET_ACCESS_KEY: "secret",
  });
  expect(code).toBe(EXIT.failed);
  expect(by["Lambda concurrency"]?.says).toContain("10 at once: raise it to 200");
  expect(by["git status"]).toMatchObject({
    result: "fault",
    says: expect.stringContaining("not committed: ?? new.txt (1)"),
  });
});
