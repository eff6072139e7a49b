import { createHash } from "node:crypto";
import { createCodeFlow } from "@algoitny/local/issuer/code-flow";
import { claimsOf, createIssuer, type Issuer, LOCAL_AUDIENCE } from "@algoitny/local/issuer/issuer";
import { decodeJwt } from "jose";
import { beforeAll, expect, test } from "vitest";

const ORIGIN = "http://127.0.0.1:8000";
const VERIFIER = "a-verifier-of-enough-characters-for-anybody";
const challenge = createHash("sha256").update(VERIFIER).digest("base64url");

let issuer: Issuer;
let token: string;
beforeAll(async () => {
  issuer = await createIssuer();
  token = await issuer.issueToken(claimsOf("me@example.com", true));
});

const asked = {
  response_type: "code",
  client_id: LOCAL_AUDIENCE,
  redirect_uri: `${ORIGIN}/ops/`,
  state: "the-state",
  code_challenge: challenge,
  code_challenge_method: "S256",
};

function flowAt(now?: () => number) {
  const answer = createCodeFlow(issuer, now);
  const send = async (method: string, path: string, body: Record<string, string> = {}) => {
    const text = async () => new URLSearchParams(body).toString();
    return (await answer({ method, url: path, body: text }, ORIGIN))!;
  };
  const authorize = (query: Record<string, string> = asked, given = token) =>
    send("POST", `/local/authorize?${new URLSearchParams(query).toString()}`, { token: given });
  const codeOf = async () =>
    new URL((await authorize()).headers["location"] ?? "").searchParams.get("code") ?? "";
  const exchange = async (fields: Record<string, string>) => {
    const { status, body } = await send("POST", "/local/token", {
      grant_type: "authorization_code",
      client_id: LOCAL_AUDIENCE,
      redirect_uri: asked.redirect_uri,
      code_verifier: VERIFIER,
      ...fields,
    });
    const granted = JSON.parse(body.toString()) as { id_token?: string; refresh_token?: string };
    return { status, ...granted };
  };
  return { send, authorize, codeOf, exchange };
}

test("a request with a token of the cloud is redirected with a code, which can be exchanged once", async () => {
  const { authorize, exchange } = flowAt();
  const { status, headers } = await authorize();
  const back = new URL(headers["location"] ?? "");
  expect({ status, to: back.origin + back.pathname }).toEqual({
    status: 303,
    to: asked.redirect_uri,
  });
  expect(back.searchParams.get("state")).toBe("the-state");
  const code = back.searchParams.get("code") ?? "";
  const granted = await exchange({ code });
  expect(decodeJwt(granted.id_token ?? "")).toMatchObject({
    sub: "local|me@example.com",
    is_admin: true,
  });
  expect((await exchange({ code })).status).toBe(400);
  const renewed = await exchange({
    grant_type: "refresh_token",
    refresh_token: granted.refresh_token ?? "",
  });
  expect(renewed.status).toBe(200);
});

test.each([
  ["another verifier", { code_verifier: "stolen" }],
  ["another address", { redirect_uri: "http://localhost:8765/" }],
  ["another client", { client_id: "evil" }],
])("a code cannot be exchanged with %s", async (_, fields) => {
  const { codeOf, exchange } = flowAt();
  const code = await codeOf();
  expect((await exchange({ code, ...fields })).status).toBeGreaterThanOrEqual(400);
});

test("a code expires after a minute", async () => {
  let nowMs = Date.now();
  const { codeOf, exchange } = flowAt(() => nowMs);
  const code = await codeOf();
  nowMs += 60_001;
  expect((await exchange({ code })).status).toBe(400);
});

test("no redirect is sent to a foreign address, or without a token of this cloud", async () => {
  const { authorize, send } = flowAt();
  const evil = await authorize({ ...asked, redirect_uri: "https://evil.example.com/" });
  expect({ status: evil.status, to: evil.headers["location"] }).toEqual({
    status: 400,
    to: undefined,
  });
  expect((await authorize({ ...asked, code_challenge_method: "plain" })).status).toBe(400);
  const another = await (await createIssuer()).issueToken(claimsOf("me@example.com", true));
  expect((await authorize(asked, another)).status).toBe(401);
  const form = await send("GET", `/local/authorize?${new URLSearchParams(asked).toString()}`);
  expect(form.body.toString()).toContain('name="token"');
});
