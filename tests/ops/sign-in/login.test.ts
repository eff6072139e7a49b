import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { commands } from "@algoitny/ops/commands/ops-commands";
import { EXIT, runOps } from "@algoitny/ops/commands/run-ops";
import { keepSignIn, readSignIns } from "@algoitny/ops/sign-in/kept-tokens";
import { afterAll, beforeAll, expect, test } from "vitest";

const env = { XDG_STATE_HOME: mkdtempSync(path.join(os.tmpdir(), "state-")) };
const production = { url: "https://api.example.com", token: "t", expires_at: 2_000_000_000 };
keepSignIn(env, "production", production);

let asked: string[] = [];
let codes: string[] = [];
let config: object = {};
let status = 200;
/** A stage with a client for signing in. */
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  request.on("data", (body) => codes.push((JSON.parse(String(body)) as { code: string }).code));
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(config));
});
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.close();
  rmSync(env.XDG_STATE_HOME, { recursive: true });
});

async function login(given: object, answers = 200) {
  asked = [];
  codes = [];
  [config, status] = [given, answers];
  const notes: string[] = [];
  const browsed: string[] = [];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const code = await runOps(commands, ["login", url], {
    env: { ...env, OPS_LOGIN_PORT: "0" },
    folder: os.tmpdir(),
    print: () => {},
    note: (line) => notes.push(line),
    browse(page) {
      browsed.push(page);
      const { searchParams: sent } = new URL(page);
      const back = (brought: string, sentState: string | null) =>
        fetch(`${sent.get("redirect_uri")}?code=${brought}&state=${sentState}`).catch(
          () => undefined,
        );
      void back("stolen", "guessed").then(() => back("one", sent.get("state")));
    },
    ask: undefined,
    nextRound: async () => false,
  });
  return { code, browsed, notes: notes.join("\n") };
}

const named = (stage: string) => ({
  stage,
  client_id: "ops",
  authorization_endpoint: "https://issuer.example.com/authorize",
  scope: "openid",
  audience: null,
});

test("signing in at another address that claims a known stage's name is refused, and leaves that stage's sign-in", async () => {
  const { code, browsed, notes } = await login(named("production"));
  expect({ code, browsed, asked }).toEqual({
    code: EXIT.failed,
    browsed: [],
    asked: ["GET /ops/config.json"],
  });
  expect(notes).toContain(
    "has the stage name production, which https://api.example.com has on this machine",
  );
  expect(readSignIns(env)).toEqual({ production });
});

test.each(["", "__proto__", "a\u001B[2J", "../a"])(
  "a stage with the name %j is refused",
  async (stage) => {
    expect(await login(named(stage))).toMatchObject({ code: EXIT.failed, browsed: [] });
    expect(readSignIns(env)).toEqual({ production });
  },
);

test("a code is accepted only with this sign-in's state, not from another page of the browser", async () => {
  const { notes } = await login(named("another"));
  expect(codes).toEqual(["one"]);
  expect(notes).toContain("waits up to 5 minutes");
});

test("a server's text cannot control the terminal, in an error either", async () => {
  const { code, notes } = await login({ error: "gone\u001B[2J\u202E" }, 404);
  expect(code).toBe(EXIT.failed);
  expect(notes).toContain("gone\\u001b[2J\\u202e");
});
