import { createHash, randomBytes } from "node:crypto";
import { decodeJwt, jwtVerify } from "jose";
import type { BesideRequest } from "../api-gateway/start-gateway.ts";
import type { Answer } from "../api-gateway/gateway-answer.ts";
import { AUTHORIZE_PATH, type Issuer, LOCAL_AUDIENCE, LOCAL_ISSUER, TOKEN_PATH } from "./issuer.ts";

/** Address at which `npm run ops -- login` waits for the code: a port of this machine (RFC 8252, 7.3). */
const COMMAND_LINE_REDIRECT = /^http:\/\/localhost:\d+\/$/;

const CODE_MS = 60_000;
const TOKEN_SECONDS = 3_600;

interface Pending {
  claims: Record<string, unknown>;
  challenge: string;
  redirectUri: string;
  untilMs: number;
}

/**
 * Signs users in by authorization code and PKCE, to test sign-in as with a deployed stage's issuer. Users prove who
 * they are by a token of this cloud, which other users of the machine cannot read.
 */
export function createCodeFlow(
  issuer: Pick<Issuer, "issueToken" | "keys">,
  now: () => number = Date.now,
) {
  const codes = new Map<string, Pending>();
  const refreshTokens = new Map<string, Record<string, unknown>>();

  async function grant(claims: Record<string, unknown>): Promise<Answer> {
    const refreshToken = randomBytes(24).toString("base64url");
    refreshTokens.set(refreshToken, claims);
    const iat = Math.floor(now() / 1_000);
    const id_token = await issuer.issueToken({ ...claims, iat, exp: iat + TOKEN_SECONDS });
    return json(200, {
      id_token,
      refresh_token: refreshToken,
      expires_in: TOKEN_SECONDS,
      token_type: "Bearer",
    });
  }

  async function authorize({ method, url, body }: BesideRequest, origin: string): Promise<Answer> {
    const asked = new URL(url, origin).searchParams;
    const redirectUri = asked.get("redirect_uri") ?? "";
    const challenge = asked.get("code_challenge") ?? "";
    const isKnown =
      asked.get("response_type") === "code" &&
      asked.get("client_id") === LOCAL_AUDIENCE &&
      asked.get("code_challenge_method") === "S256" &&
      (redirectUri === `${origin}/ops/` || COMMAND_LINE_REDIRECT.test(redirectUri)) &&
      challenge !== "";
    if (!isKnown)
      return html(
        400,
        "<p>This request needs client_id and redirect_uri of this cloud, and PKCE by S256.</p>",
      );
    if (method !== "POST") return html(200, FORM);
    const claims = await claimsOf(new URLSearchParams(await body()).get("token") ?? "");
    if (!claims) return html(401, `<p role="alert">That is not a token of this cloud.</p>${FORM}`);
    const code = randomBytes(24).toString("base64url");
    codes.set(code, { claims, challenge, redirectUri, untilMs: now() + CODE_MS });
    const back = new URL(redirectUri);
    back.searchParams.set("code", code);
    back.searchParams.set("state", asked.get("state") ?? "");
    return { ...html(303, ""), headers: { location: back.href } };
  }

  async function exchange({ body }: BesideRequest): Promise<Answer> {
    const form = new URLSearchParams(await body());
    if (form.get("client_id") !== LOCAL_AUDIENCE) return json(401, { error: "invalid_client" });
    if (form.get("grant_type") === "refresh_token") {
      const claims = refreshTokens.get(form.get("refresh_token") ?? "");
      return claims ? grant(claims) : json(400, { error: "invalid_grant" });
    }
    const code = form.get("code") ?? "";
    const pending = codes.get(code);
    // The first use of a code ends it, even if the client lacks the verifier.
    codes.delete(code);
    const shown = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const isGood =
      pending !== undefined &&
      pending.untilMs > now() &&
      pending.redirectUri === form.get("redirect_uri") &&
      pending.challenge === shown;
    return isGood ? grant(pending.claims) : json(400, { error: "invalid_grant" });
  }

  async function claimsOf(token: string): Promise<Record<string, unknown> | undefined> {
    const expected = { issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE };
    const isOurs = await jwtVerify(token.trim(), issuer.keys, expected).then(
      () => true,
      () => false,
    );
    return isOurs ? decodeJwt(token.trim()) : undefined;
  }

  /** Answers a request to sign in or for a token; undefined for any other request. */
  return (request: BesideRequest, origin: string): Promise<Answer> | undefined => {
    const [path] = request.url.split("?");
    if (path === AUTHORIZE_PATH) return authorize(request, origin);
    return path === TOKEN_PATH && request.method === "POST" ? exchange(request) : undefined;
  };
}

const FORM = `<form method="post"><label>Token of this cloud, as <code>npm run -s token -- --admin</code> prints it
<input name="token" type="password" autocomplete="off" required autofocus></label> <button>Sign in</button></form>`;

function html(status: number, body: string): Answer {
  const policy =
    "default-src 'none'; form-action 'self' http://localhost:*; frame-ancestors 'none'";
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "cache-control": "no-store",
    },
    cookies: [],
    body: Buffer.from(
      `<!doctype html><html lang="en"><title>Sign in · local cloud</title><main><h1>Local issuer</h1>${body}</main>`,
    ),
  };
}

function json(status: number, body: object): Answer {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    cookies: [],
    body: Buffer.from(JSON.stringify(body)),
  };
}
