import { generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { authorize } from "@algoitny/local/api-gateway/jwt-authorizer";
import { LOCAL_AUDIENCE, LOCAL_ISSUER } from "@algoitny/local/issuer/issuer";
import { issuer } from "./support/test-gateway.ts";

const config = { issuer: LOCAL_ISSUER, audience: [LOCAL_AUDIENCE, "second"], keys: issuer.keys };
const nowSeconds = 1_800_000_000;
const good = { sub: "s", iat: nowSeconds, exp: nowSeconds + 60 };
const now = () => new Date(nowSeconds * 1000 + 500);

const jsonPart = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A claim given as `undefined` is left out of the token. */
const check = async (claims: Record<string, unknown>) =>
  authorize(config, `Bearer ${await issuer.issueToken({ ...good, ...claims })}`, now);

describe("a token is accepted", () => {
  test("with its claims as text, lists in brackets, nulls left out", async () => {
    const claims = {
      sub: "s",
      groups: ["a", "b"],
      admin: true,
      n: 7,
      none: null,
      deep: { x: [1] },
    };
    expect(await check(claims)).toEqual({
      token: {
        claims: {
          iss: LOCAL_ISSUER,
          aud: LOCAL_AUDIENCE,
          iat: "1800000000",
          exp: "1800000060",
          sub: "s",
          groups: "[a b]",
          admin: "true",
          n: "7",
          deep: '{"x":[1]}',
        },
        scopes: null,
      },
    });
  });

  test("without the word Bearer", async () => {
    const token = await issuer.issueToken(good);
    expect(await authorize(config, token, now)).toHaveProperty("token");
  });

  test("when one of its audiences matches", async () => {
    expect(await check({ aud: ["else", "second"] })).toHaveProperty("token");
  });

  test("by client_id only when it has no audience", async () => {
    expect(await check({ aud: undefined, client_id: "second" })).toHaveProperty("token");
    expect(await check({ aud: "else", client_id: "second" })).toMatchObject({ refused: 401 });
  });
});

describe("a token is refused with 401", () => {
  test.each([
    ["from another issuer", { iss: "https://evil.example" }, "valid issuer"],
    ["for another audience", { aud: "else" }, "valid audience"],
    ["that has expired", { exp: nowSeconds }, "expired"],
    ["that never expires", { exp: undefined }, "does not expire"],
    ["that is not good yet", { nbf: nowSeconds + 60 }, "nbf"],
    ["issued in the future", { iat: nowSeconds + 60 }, "iat"],
  ])("%s", async (_, claims, why) => {
    const result = await check(claims);
    expect(result).toMatchObject({ refused: 401 });
    expect(result).toHaveProperty("wwwAuthenticate", expect.stringContaining(why));
  });

  test.each([undefined, "", "Bearer ", "Bearer x.y.z", "Basic dTpw"])(
    "when it is not a token: %j",
    async (header) => {
      expect(await authorize(config, header, now)).toMatchObject({ refused: 401 });
    },
  );

  test("when another issuer's key signed it, whatever its kid", async () => {
    const token = await issuer.issueToken(good);
    const header = JSON.parse(Buffer.from(token.split(".")[0]!, "base64url").toString());
    const { privateKey } = await generateKeyPair("RS256");
    const sign = (kid: string) =>
      new SignJWT({ sub: "s", iss: LOCAL_ISSUER, aud: LOCAL_AUDIENCE, exp: nowSeconds + 60 })
        .setProtectedHeader({ alg: "RS256", kid })
        .sign(privateKey);
    for (const kid of [String(header.kid), "unknown"]) {
      const forged = `Bearer ${await sign(kid)}`;
      expect(await authorize(config, forged, now)).toMatchObject({ refused: 401 });
    }
  });

  test("without a kid, or unsigned, or signed with a shared secret", async () => {
    const claims = { sub: "s", iss: LOCAL_ISSUER, aud: LOCAL_AUDIENCE, exp: nowSeconds + 60 };
    const secret = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256" })
      .sign(new Uint8Array(32));
    const unsigned = `${jsonPart({ alg: "none" })}.${jsonPart(claims)}.`;
    for (const token of [secret, unsigned]) {
      expect(await authorize(config, `Bearer ${token}`, now)).toMatchObject({
        refused: 401,
      });
    }
  });

  test("without a kid, even if the issuer's only key signed it", async () => {
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    const claims = { sub: "s", iss: LOCAL_ISSUER, aud: LOCAL_AUDIENCE, exp: nowSeconds + 60 };
    const sign = (header: { kid?: string }) =>
      new SignJWT(claims).setProtectedHeader({ alg: "RS256", ...header }).sign(privateKey);
    const keys = async () => publicKey;
    const named = await authorize({ ...config, keys }, await sign({ kid: "its" }), now);
    expect(named).toHaveProperty("token");
    const nameless = await authorize({ ...config, keys }, await sign({}), now);
    expect(nameless).toMatchObject({
      refused: 401,
      wwwAuthenticate: expect.stringContaining("kid"),
    });
  });
});
