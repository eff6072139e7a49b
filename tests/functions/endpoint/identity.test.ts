import { createIdentify } from "@algoitny/functions/endpoint/identity";
import { authorize } from "@algoitny/local/api-gateway/jwt-authorizer";
import { createRemoteJWKSet } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { httpEvent, startIssuer, type TestIssuer } from "../support/http-events.ts";

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer[Symbol.asyncDispose]());

const identify = (changes = {}) =>
  createIdentify({
    issuer: issuer.issuer,
    audience: "algoitny",
    jwksUri: issuer.jwksUri,
    adminEmails: ["Admin@Example.com", "kim@example.com", "kim@examsple.com"],
    adminClaim: "groups",
    ...changes,
  });

const identifierOf = async (claims: object) =>
  (await identify()(bearer(await issuer.sign({ ...claims }))))?.identifier;

const adminBy = async (claims: Record<string, unknown>) =>
  (await identify()(bearer(await issuer.sign(claims))))?.admin;

/** As `adminBy`, behind the gateway's authorizer, which passes claims on as text. */
const adminBehindGateway = async (claims: Record<string, unknown>, scheme = "Bearer ") => {
  const token = await issuer.sign(claims);
  const authorized = await authorize(
    {
      issuer: issuer.issuer,
      audience: ["algoitny"],
      keys: createRemoteJWKSet(new URL(issuer.jwksUri)),
    },
    token,
    undefined,
  );
  if (!("token" in authorized)) throw new Error(authorized.wwwAuthenticate);
  const { claims: texts } = authorized.token;
  const headers = { authorization: `${scheme}${token}` };
  return (await identify()(httpEvent({ claims: texts, headers })))?.admin;
};

const bearer = (token: string) => httpEvent({ headers: { authorization: `Bearer ${token}` } });

describe("a request without a verified token", () => {
  test("is anonymous when it has no token", async () => {
    expect(await identify()(httpEvent())).toBeNull();
    expect(await identify()(httpEvent({ headers: { authorization: "" } }))).toBeNull();
  });

  test("takes no identity from headers with names of identities", async () => {
    const headers = { "x-user-id": "admin", "x-amzn-oidc-identity": "admin", cookie: "sub=admin" };
    expect(await identify()(httpEvent({ headers }))).toBeNull();
  });

  test.each(["Basic dXNlcjpwYXNz", "Bearer", "Bearer null", "Bearer a.b", "Token a.b.c"])(
    "is refused with %s",
    async (authorization) => {
      await expect(identify()(httpEvent({ headers: { authorization } }))).rejects.toMatchObject({
        status: 401,
      });
    },
  );
});

describe("a Bearer token", () => {
  test("names the caller by its claims", async () => {
    const token = await issuer.sign({ sub: "s-1", email: "Someone@Example.com", name: "Some One" });
    expect(await identify()(bearer(token))).toEqual({
      sub: "s-1",
      email: "Someone@Example.com",
      identifier: "Some One",
      admin: false,
    });
  });

  test("prefers preferred_username to name, and name to the email address, as the identifier", async () => {
    expect(await identifierOf({ preferred_username: "u", name: "n", email: "e@x.y" })).toBe("u");
    expect(await identifierOf({ name: "n", email: "e@x.y" })).toBe("n");
    expect(await identifierOf({ email: "e@x.y" })).toBe("e@x.y");
  });

  test("is accepted by its client_id when it has no audience, like Cognito's access tokens", async () => {
    expect(
      await identify()(bearer(await issuer.sign({ aud: undefined, client_id: "algoitny" }))),
    ).toMatchObject({ sub: "user-1" });
  });

  test("has the issuer's keys fetched once for many requests", async () => {
    const check = identify();
    const before = issuer.requests();
    for (let i = 0; i < 3; i += 1) await check(bearer(await issuer.sign({})));
    expect(issuer.requests() - before).toBe(1);
  });

  test("has the issuer's keys fetched once for 50 concurrent first requests", async () => {
    const token = await issuer.sign({});
    const check = identify();
    const before = issuer.requests();
    await Promise.all(Array.from({ length: 50 }, () => check(bearer(token))));
    expect(issuer.requests() - before).toBe(1);
  });

  const bad: [string, () => Promise<string>][] = [
    ["has expired", () => issuer.sign({}, { expiresIn: 1 })],
    ["comes from another issuer", () => issuer.sign({ iss: "https://elsewhere.example" })],
    ["is for another audience", () => issuer.sign({ aud: "another" })],
    ["has no audience at all", () => issuer.sign({ aud: undefined })],
    ["is signed with an unknown key", () => issuer.sign({}, { kid: "two" })],
    ["has no subject", () => issuer.sign({ sub: undefined })],
    ["names no key", () => issuer.sign({}, { kid: undefined })],
    ["is issued in the future", () => issuer.sign({}, { issuedAt: "10 minutes from now" })],
    ["has a number as its subject", () => issuer.sign({ sub: 7 })],
    ["has a list as its subject", () => issuer.sign({ sub: ["user-1"] })],
    ["has an empty subject", () => issuer.sign({ sub: "" })],
    [
      "was changed after it was signed",
      async () => (await issuer.sign({})).replace(/\.[^.]+\./, `.${encode({ sub: "admin" })}.`),
    ],
    [
      "claims to need no signature",
      async () => `${encode({ alg: "none" })}.${encode({ sub: "admin" })}.x`,
    ],
    ["is not a JWT", async () => "a.b.c"],
  ];
  test.each(bad)("is refused when it %s", async (_, token) => {
    await expect(identify()(bearer(await token()))).rejects.toMatchObject({
      status: 401,
      headers: { "www-authenticate": "Bearer" },
    });
  });

  test("cannot be verified while the issuer's keys cannot be fetched: that is a 503, not a 401", async () => {
    const check = identify({ jwksUri: "http://127.0.0.1:1/jwks.json" });
    await expect(check(bearer(await issuer.sign({})))).rejects.toMatchObject({ status: 503 });
  });
});

describe.each([
  ["by its token", adminBy],
  ["behind the gateway", adminBehindGateway],
  [
    "behind the gateway with a bare token",
    (claims: object) => adminBehindGateway({ ...claims }, ""),
  ],
])("an admin's rights, %s,", (_, isAdmin) => {
  test.each([[true], ["true"], [["staff", "admin"]], [["course admin", "admin"]]])(
    "are given by the claim %j",
    async (groups) => {
      expect(await isAdmin({ groups })).toBe(true);
    },
  );

  test.each([
    [false],
    ["false"],
    ["administrator"],
    [["administrator"]],
    [["course admin"]],
    [["admin,staff"]],
    ["[admin]"],
    ["[staff admin]"],
    [1],
    [null],
  ])("are not given by the claim %j", async (groups) => {
    expect(await isAdmin({ groups })).toBe(false);
  });

  test("are given to a listed address that the issuer has verified, whatever its case", async () => {
    const byAddress = (email: string) => isAdmin({ email, email_verified: true });
    expect(await byAddress("admin@example.COM")).toBe(true);
    expect(await byAddress("admin@example.org")).toBe(false);
  });

  test.each(["\u212Aim@example.com", "k\u0131m@example.com", "kim@exam\u017Fple.com"])(
    "are not given to %s, which Unicode's case folding maps to a listed address",
    async (email) => {
      expect(await isAdmin({ email, email_verified: true })).toBe(false);
    },
  );

  test("are given to the plain spelling of that listed address", async () => {
    expect(await isAdmin({ email: "KIM@example.com", email_verified: true })).toBe(true);
  });

  test.each([[undefined], [false], ["false"], [null]])(
    "are not given to a listed address whose email_verified is %j",
    async (email_verified) => {
      expect(await isAdmin({ email: "admin@example.com", email_verified })).toBe(false);
    },
  );
});

test("a user without an address is not an admin, even if the list contains an empty address", async () => {
  const claims = { sub: "ann", email_verified: "true" };
  const caller = await identify({ adminEmails: [""] })(httpEvent({ claims }));
  expect(caller?.admin).toBe(false);
});

/** Result for a token on a route behind the gateway's authorizer. */
async function admittedBehindGateway(token: string): Promise<boolean> {
  const keys = createRemoteJWKSet(new URL(issuer.jwksUri));
  const config = { issuer: issuer.issuer, audience: ["algoitny"], keys };
  const authorized = await authorize(config, token, undefined);
  if (!("token" in authorized)) return false;
  const headers = { authorization: `Bearer ${token}` };
  const event = httpEvent({ claims: authorized.token.claims, headers });
  return identify()(event).then(
    () => true,
    () => false,
  );
}

describe("a token is accepted behind the gateway's authorizer as it is without it", () => {
  const tokens: [string, boolean, () => Promise<string>][] = [
    ["that is good", true, () => issuer.sign({})],
    ["without a key's name", false, () => issuer.sign({}, { kid: undefined })],
    ["of the future", false, () => issuer.sign({}, { issuedAt: "10 minutes from now" })],
    ["with a number as subject", false, () => issuer.sign({ sub: 7 })],
    ["with a list as subject", false, () => issuer.sign({ sub: ["user-1"] })],
    ["with a boolean as subject", false, () => issuer.sign({ sub: true })],
    ["with an object as subject", false, () => issuer.sign({ sub: { id: "user-1" } })],
    ["with an empty subject", false, () => issuer.sign({ sub: "" })],
    ["without a subject", false, () => issuer.sign({ sub: undefined })],
  ];
  test.each(tokens)("one %s: %s", async (_, good, sign) => {
    const token = await sign();
    const admitted = await identify()(bearer(token)).then(
      () => true,
      () => false,
    );
    expect([admitted, await admittedBehindGateway(token)]).toEqual([good, good]);
  });
});

test("a list in the gateway's text gives no admin's rights when its token cannot be read", async () => {
  for (const authorization of ["Bearer x.y.z", "Bearer a.W10.b", "nothing", ""]) {
    const event = httpEvent({
      claims: { sub: "s", groups: "[admin]" },
      headers: { authorization },
    });
    expect(await identify()(event)).toMatchObject({ sub: "s", admin: false });
  }
});

test("claims that the gateway verified are used without verifying the token again", async () => {
  const event = httpEvent({
    claims: { sub: "gateway" },
    headers: { authorization: "Bearer x.y.z" },
  });
  expect(await identify()(event)).toMatchObject({ sub: "gateway" });
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
