import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { findStage } from "@algoitny/ops/commands/find-stage";
import { keepSignIn, keptTokensFile, readSignIns } from "@algoitny/ops/sign-in/kept-tokens";
import { afterAll, beforeEach, expect, test } from "vitest";

const env = { XDG_STATE_HOME: mkdtempSync(path.join(os.tmpdir(), "state-")) };
const file = keptTokensFile(env);
const alice = { url: "https://alice.example.com", token: "t1", expires_at: 2_000_000_000 };
const production = { url: "https://api.example.com", token: "t2", expires_at: 2_000_000_000 };

beforeEach(() => {
  rmSync(file, { force: true });
  keepSignIn(env, "alice", alice);
  keepSignIn(env, "production", production);
});
afterAll(() => rmSync(env.XDG_STATE_HOME, { recursive: true }));

test("sign-ins of several stages are stored together, in a file that only its user can read", () => {
  expect(readSignIns(env)).toEqual({ alice, production });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o600);
  keepSignIn(env, "alice", { ...alice, token: "t3" });
  expect(readSignIns(env)["alice"]?.token).toBe("t3");
});

test.each([0o640, 0o604, 0o660])(
  "a file of mode %o is refused: others may have read it",
  (mode) => {
    chmodSync(file, mode);
    expect(() => readSignIns(env)).toThrow("can be read by others");
  },
);

test("a stage is found by its name or by its address, and OPS_TOKEN takes precedence over a stored token", () => {
  const found = findStage({ stage: "production" }, env, "/");
  expect(found).toMatchObject({ name: "production", url: production.url, token: "t2" });
  expect(findStage({ url: `${alice.url}/api` }, env, "/")).toMatchObject({
    name: "alice",
    token: "t1",
  });
  const given = findStage({ stage: "alice" }, { ...env, OPS_TOKEN: "mine" }, "/");
  expect(given).toMatchObject({ token: "mine" });
  expect(given).not.toHaveProperty("signIn");
  expect(() => findStage({ stage: "bob" }, env, "/")).toThrow("no stage bob is known here");
});

test.each(["http://api.example.com", "http://127.0.0.1.example.com", "ftp://localhost"])(
  "%s is refused: the token would be sent unencrypted",
  (url) => {
    expect(() => findStage({ url }, env, "/")).toThrow("write https://");
    expect(() => findStage({}, { ...env, OPS_URL: url }, "/")).toThrow("write https://");
  },
);

test.each(["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])(
  "%s is this machine, and does not need https",
  (url) => {
    expect(findStage({ url }, env, "/").url).toBe(url);
  },
);
