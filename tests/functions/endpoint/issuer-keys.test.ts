import { createTokenVerifier } from "@algoitny/functions/endpoint/token-verifier";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";

const START_MS = 1_800_000_000_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const pairs = new Map(
  await Promise.all(
    ["one", "two"].map(async (kid) => [kid, await generateKeyPair("RS256")] as const),
  ),
);

/** An issuer that publishes the keys of `kids`, or is down, and a verifier on a virtual clock. */
function issuer() {
  const state = {
    kids: ["one"],
    down: false,
    body: undefined as unknown,
    fetches: 0,
    /** Tokens passed to the verifier so far. */
    asked: 0,
    /** The issuer answers when this resolves. */
    answering: Promise.resolve(),
    nowMs: START_MS,
  };
  const auth = {
    issuer: "https://issuer.example",
    audience: "algoitny",
    jwksUri: "https://issuer.example/jwks.json",
    adminEmails: [],
    adminClaim: "admin",
  };
  const fetch = async () => {
    state.fetches += 1;
    await state.answering;
    if (state.down) throw new TypeError("fetch failed");
    const keys = state.kids.map(async (kid) => ({
      ...(await exportJWK(pairs.get(kid)!.publicKey)),
      kid,
      alg: "RS256",
      use: "sig",
    }));
    return Response.json(state.body ?? { keys: await Promise.all(keys) });
  };
  const verify = createTokenVerifier(auth, { fetch, now: () => state.nowMs });
  /** Result for a token that `key` has signed and that names `kid`: 200, 401 or 503. */
  const judge = async (kid: string | undefined, { key = kid ?? "one", claims = {} } = {}) => {
    const seconds = START_MS / 1_000;
    const token = await new SignJWT({ sub: "s", iat: seconds, ...claims })
      .setIssuer(auth.issuer)
      .setAudience(auth.audience)
      .setExpirationTime(seconds + 7 * 86_400)
      .setProtectedHeader({ alg: "RS256", ...(kid !== undefined && { kid }) })
      .sign(pairs.get(pairs.has(key) ? key : "one")!.privateKey);
    state.asked += 1;
    return verify(token).then(
      () => 200,
      (error: { status?: number }) => error.status,
    );
  };
  return { state, judge };
}

describe("while the issuer answers", () => {
  test("50 concurrent first requests fetch its keys once", async () => {
    const { state, judge } = issuer();
    const answer = Promise.withResolvers<void>();
    state.answering = answer.promise;
    const verdicts = Promise.all(Array.from({ length: 50 }, () => judge("one")));
    await expect.poll(() => state.asked).toBe(50);
    answer.resolve();
    expect(new Set(await verdicts)).toEqual(new Set([200]));
    expect(state.fetches).toBe(1);
  });

  test("its keys are fetched again after 10 minutes: a withdrawn key is refused from then on", async () => {
    const { state, judge } = issuer();
    expect(await judge("one")).toBe(200);
    state.kids = ["two"];
    state.nowMs += 10 * MINUTE_MS - 1;
    expect(await judge("one")).toBe(200);
    state.nowMs += 1;
    expect(await judge("one")).toBe(401);
  });

  test("a rotated key is found at once, although other unknown keys were requested before", async () => {
    const { state, judge } = issuer();
    expect(await judge("one")).toBe(200);
    expect(await judge("made-up")).toBe(401);
    state.kids = ["one", "two"];
    expect(await judge("two")).toBe(200);
    expect(await judge("one")).toBe(200);
  });

  test("a key that is published after its first token is found within 5 seconds", async () => {
    const { state, judge } = issuer();
    expect(await judge("two")).toBe(401);
    state.kids = ["one", "two"];
    state.nowMs += 5_000;
    expect(await judge("two")).toBe(200);
  });

  test("one unknown key causes one fetch in 5 seconds", async () => {
    const { state, judge } = issuer();
    await judge("one");
    for (let second = 0; second < 10; second += 1) {
      expect(await judge("made-up")).toBe(401);
      state.nowMs += 1_000;
    }
    expect(state.fetches).toBe(1 + 2);
  });

  test("a flood of unknown keys causes at most 100 fetches in 5 seconds, and known keys still work", async () => {
    const { state, judge } = issuer();
    await judge("one");
    for (let index = 0; index < 300; index += 1) expect(await judge(`made-up-${index}`)).toBe(401);
    expect(state.fetches).toBeLessThanOrEqual(101);
    expect(await judge("one")).toBe(200);
    state.kids = ["one", "two"];
    state.nowMs += 5_000;
    expect(await judge("two")).toBe(200);
  });
});

describe("while the issuer is down", () => {
  test("tokens of known keys are verified for a day, and no longer", async () => {
    const { state, judge } = issuer();
    expect(await judge("one")).toBe(200);
    state.down = true;
    for (let hour = 1; hour < 24; hour += 1) {
      state.nowMs = START_MS + hour * HOUR_MS;
      expect(await judge("one")).toBe(200);
    }
    state.nowMs = START_MS + 24 * HOUR_MS;
    expect(await judge("one")).toBe(503);
    state.down = false;
    state.nowMs += 1_000;
    expect(await judge("one")).toBe(200);
  });

  test("a fetch is tried every 30 seconds, not by each request", async () => {
    const { state, judge } = issuer();
    await judge("one");
    state.down = true;
    state.nowMs += 10 * MINUTE_MS;
    for (let second = 0; second < 60; second += 1) {
      expect(await judge("one")).toBe(200);
      state.nowMs += 1_000;
    }
    expect(state.fetches).toBe(1 + 2);
  });

  test("a token with an unknown key is a 503 until the issuer is back", async () => {
    const { state, judge } = issuer();
    await judge("one");
    state.down = true;
    state.kids = ["one", "two"];
    expect(await judge("two")).toBe(503);
    expect(await judge("one")).toBe(200);
    state.down = false;
    state.nowMs += 1_000;
    expect(await judge("two")).toBe(200);
  });

  test("every token is a 503 until the keys have been fetched once", async () => {
    const { state, judge } = issuer();
    state.down = true;
    expect(await judge("one")).toBe(503);
    state.down = false;
    state.nowMs += 1_000;
    expect(await judge("one")).toBe(200);
  });

  test.each([[{}], [[]], ["keys"], [{ keys: 7 }]])(
    "an answer of %j instead of keys leaves the known keys valid",
    async (body) => {
      const { state, judge } = issuer();
      expect(await judge("one")).toBe(200);
      state.body = body;
      state.nowMs += 10 * MINUTE_MS;
      expect(await judge("one")).toBe(200);
    },
  );
});

test("a token without a key id is refused without fetching the keys", async () => {
  const { state, judge } = issuer();
  expect(await judge(undefined)).toBe(401);
  expect(state.fetches).toBe(0);
});

test("a token issued a second or more in the future is refused", async () => {
  const { judge } = issuer();
  const iat = START_MS / 1_000;
  expect(await judge("one", { claims: { iat } })).toBe(200);
  expect(await judge("one", { claims: { iat: iat + 1 } })).toBe(401);
});
