import type { HttpResult } from "@algoitny/functions/endpoint/http-event";
import { createOriginCheck } from "@algoitny/functions/endpoint/origin";
import type { AuthLink } from "@algoitny/functions/links";
import { createSignIn } from "@algoitny/functions/sign-in/answer-sign-in";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { describe, expect, test } from "vitest";
import { httpEvent } from "../support/http-events.ts";

const ISSUER = "https://issuer.example.com";
const DISCOVERY = `${ISSUER}/.well-known/openid-configuration`;
const TOKENS = `${ISSUER}/oauth2/token`;

const auth: AuthLink = {
  issuer: ISSUER,
  audience: "api",
  jwksUri: `${ISSUER}/keys`,
  adminEmails: [],
  adminClaim: "admin",
  signIn: { clientId: "ops", discoveryUri: DISCOVERY, token: "id_token" },
};

const endpoints = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: TOKENS,
};
const granted = {
  id_token: "an id token",
  access_token: "another",
  refresh_token: "again",
  expires_in: 600,
};
const given = {
  code: "the-code",
  code_verifier: "the-verifier",
  redirect_uri: "https://api.example.com/ops/",
};

/** A stand-in for the issuer; `answer` is the answer of its token endpoint. */
function signInWith(
  answer: () => Response = () => Response.json(granted),
  {
    link = auth,
    discovery = endpoints,
    edgeSecret,
  }: { link?: AuthLink; discovery?: object; edgeSecret?: string } = {},
) {
  const asked: { url: string; form: Record<string, string>; redirect: string | undefined }[] = [];
  const lines: string[] = [];
  const request = (async (url: string, { body, redirect }: RequestInit = {}) => {
    const form = Object.fromEntries(new URLSearchParams(body as URLSearchParams));
    asked.push({ url, form, redirect });
    return url === DISCOVERY ? Response.json(discovery) : answer();
  }) as typeof fetch;
  const log = createLog((line) => lines.push(line));
  const requireOrigin = createOriginCheck(edgeSecret);
  const handler = createSignIn(link, { stage: "production", log, requireOrigin, request });
  const ask = async (method: string, path: string, body?: unknown) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const result = await handler(
      httpEvent({ method, path, ...(body !== undefined && { body: text }) }),
    );
    return { ...result, json: jsonOf(result) };
  };
  return { ask, asked, lines };
}

const jsonOf = ({ body = "" }: HttpResult) => JSON.parse(body) as Record<string, unknown>;

const exchange = (sent: unknown, ...rest: Parameters<typeof signInWith>) => {
  const { ask, ...seen } = signInWith(...rest);
  return ask("POST", "/ops/token", sent).then((result) => ({ ...seen, ...result }));
};

test("behind an edge the gateway's own address refuses sign-ins, without a request to the issuer", async () => {
  const { ask, asked } = signInWith(undefined, { edgeSecret: "the-secret" });
  const answers = [await ask("POST", "/ops/token", given), await ask("GET", "/ops/config.json")];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403]);
  expect(answers[0]?.json["error"]).toContain("own domain");
  expect(asked).toEqual([]);
});

describe("a code", () => {
  test("is exchanged at the issuer's own endpoint, with its verifier, and the answer is not stored", async () => {
    const { json, headers, asked } = await exchange(given);
    expect(json).toEqual({ token: "an id token", refresh_token: "again", expires_in: 600 });
    expect(headers).toMatchObject({ "cache-control": "no-store" });
    expect(asked.map(({ url }) => url)).toEqual([DISCOVERY, TOKENS]);
    // If the redirect were followed, the code and the verifier would be sent to its target.
    expect(asked.map(({ redirect }) => redirect)).toEqual(["manual", "manual"]);
    expect(asked[1]?.form).toEqual({
      grant_type: "authorization_code",
      client_id: "ops",
      ...given,
    });
  });

  test.each([
    ["another endpoint", { ...given, token_endpoint: "https://evil.example.com/" }],
    ["another issuer", { ...given, issuer: "https://evil.example.com/" }],
    ["another client", { ...given, client_id: "evil" }],
    ["another grant", { ...given, grant_type: "password" }],
  ])("is refused with %s", async (_, sent) => {
    const { statusCode, asked } = await exchange(sent);
    expect({ statusCode, asked }).toEqual({ statusCode: 400, asked: [] });
  });

  test("that the issuer refuses is a 401, and none of it is logged", async () => {
    const refused = () => Response.json({ error: "invalid_grant" }, { status: 400 });
    const { statusCode, lines, headers } = await exchange(given, refused);
    expect({ statusCode, lines }).toEqual({ statusCode: 401, lines: [] });
    expect(headers).toMatchObject({ "cache-control": "no-store" });
  });

  test("that the issuer refuses gives no token, even if the issuer's answer contains one", async () => {
    const refused = () => Response.json(granted, { status: 400 });
    expect((await exchange(given, refused)).json).not.toHaveProperty("token");
  });

  test("is a 503 while the issuer is down, and neither code nor verifier is logged", async () => {
    const { statusCode, lines } = await exchange(given, () => new Response("", { status: 502 }));
    expect(statusCode).toBe(503);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toMatch(/the-code|the-verifier/);
  });
});

test("a token is renewed by its refresh token, without a code", async () => {
  const { json, asked } = await exchange({ refresh_token: "again" });
  expect(json).toHaveProperty("token", "an id token");
  expect(asked[1]?.form).toEqual({
    grant_type: "refresh_token",
    client_id: "ops",
    refresh_token: "again",
  });
});

test.each([["no JSON"], [{}], [{ ...given, code: 7 }], [[]]])("%j is a 400", async (sent) => {
  expect((await exchange(sent)).statusCode).toBe(400);
});

test("a body of over 4 KB is refused before it is read", async () => {
  expect((await exchange({ ...given, code: "x".repeat(4_096) })).statusCode).toBe(413);
});

test("an issuer without https is sent no code", async () => {
  const discovery = { ...endpoints, token_endpoint: "http://issuer.example.com/token" };
  const { statusCode, asked } = await exchange(given, undefined, { discovery });
  expect(statusCode).toBe(503);
  expect(asked.map(({ url }) => url)).toEqual([DISCOVERY]);
});

test("a discovery document of another issuer is refused at every request", async () => {
  const discovery = { ...endpoints, issuer: "https://evil.example.com" };
  const { ask, asked } = signInWith(undefined, { discovery });
  for (const _ of [1, 2]) expect((await ask("POST", "/ops/token", given)).statusCode).toBe(503);
  expect((await ask("GET", "/ops/config.json")).statusCode).toBe(503);
  expect(asked.filter(({ url }) => url !== DISCOVERY)).toEqual([]);
});

describe("the configuration", () => {
  test("names the issuer's sign-in page, and is read from the issuer once", async () => {
    const { ask, asked } = signInWith();
    for (const _ of [1, 2])
      expect((await ask("GET", "/ops/config.json")).json).toEqual({
        stage: "production",
        issuer: ISSUER,
        client_id: "ops",
        authorization_endpoint: `${ISSUER}/authorize`,
        scope: "openid email profile",
        audience: null,
      });
    expect(asked).toHaveLength(1);
  });

  test("contains the API's audience when the token is an access token", async () => {
    const link: AuthLink = { ...auth, signIn: { ...auth.signIn!, token: "access_token" } };
    const { ask } = signInWith(undefined, { link });
    expect((await ask("GET", "/ops/config.json")).json).toMatchObject({ audience: "api" });
    expect((await ask("POST", "/ops/token", given)).json).toMatchObject({ token: "another" });
  });

  test("contains no client for a stage without one for operators, and no code is exchanged", async () => {
    const { signIn: _, ...link } = auth;
    const { ask, asked } = signInWith(undefined, { link });
    expect((await ask("GET", "/ops/config.json")).json).toMatchObject({ client_id: null });
    expect((await ask("POST", "/ops/token", given)).statusCode).toBe(404);
    expect(asked).toEqual([]);
  });
});
