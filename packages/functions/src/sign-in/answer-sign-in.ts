import { HttpError } from "../endpoint/http-error.ts";
import { toHttpError } from "../endpoint/failure.ts";
import type { HttpEvent, HttpResult } from "../endpoint/http-event.ts";
import { problemResult } from "../endpoint/problem-document.ts";
import { withStandardHeaders } from "../endpoint/standard-headers.ts";
import type { AuthLink } from "../links.ts";
import { describeError, type Log } from "../telemetry/log.ts";
import { exchangeCode, readTokenRequest } from "./exchange-code.ts";
import { createIssuerEndpoints } from "./issuer-endpoints.ts";

/** Scopes of a sign-in: the user's subject, email address and name. */
const SCOPE = "openid email profile";

/** Sign-in settings of a stage for page and command line: `/ops/config.json`. */
export interface SignInConfig {
  stage: string;
  issuer: string;
  /** Null if the stage has no client for operators: they then paste tokens. */
  client_id: string | null;
  authorization_endpoint: string | null;
  scope: string;
  /** The API's name, for issuers whose access tokens the API accepts; otherwise null. */
  audience: string | null;
}

/**
 * Builds the answers to `GET /ops/config.json` and `POST /ops/token`. Neither requires a token: the configuration is
 * public, and a code is worthless without its verifier. Codes and tokens are not logged.
 */
export function createSignIn(
  { issuer, audience, signIn }: AuthLink,
  {
    stage,
    log,
    requireOrigin,
    request = fetch,
  }: {
    stage: string;
    log: Log;
    /** Throws for a request that has bypassed the edge: an exchange costs the issuer requests. */
    requireOrigin: (event: HttpEvent) => void;
    request?: typeof fetch;
  },
): (event: HttpEvent) => Promise<HttpResult> {
  const endpoints = signIn && createIssuerEndpoints({ issuer, ...signIn }, request);

  async function config(): Promise<SignInConfig> {
    const offered = { stage, issuer, scope: SCOPE, audience: null };
    if (!signIn || !endpoints) return { ...offered, client_id: null, authorization_endpoint: null };
    const { authorization_endpoint } = await endpoints();
    return {
      ...offered,
      client_id: signIn.clientId,
      authorization_endpoint,
      audience: signIn.token === "access_token" ? audience : null,
    };
  }

  async function exchange({ body, isBase64Encoded }: HttpEvent): Promise<object> {
    if (!signIn || !endpoints) throw new HttpError(404, "this stage has no sign-in: paste a token");
    const text = isBase64Encoded ? Buffer.from(body ?? "", "base64").toString() : body;
    const asked = readTokenRequest(text);
    return exchangeCode(asked, signIn, await endpoints(), request);
  }

  return async (event) => {
    const isExchange = event.requestContext.http.method === "POST";
    try {
      requireOrigin(event);
      const answer = await (isExchange ? exchange(event) : config());
      return withStandardHeaders({
        statusCode: 200,
        headers: { "content-type": "application/json", "cache-control": "no-store" },
        body: event.requestContext.http.method === "HEAD" ? "" : JSON.stringify(answer),
      });
    } catch (error) {
      const failure = toHttpError(error);
      if (failure.status >= 500) log.error("sign-in failed", { error: describeError(error) });
      const { headers, ...result } = problemResult(failure, event);
      return withStandardHeaders({
        ...result,
        headers: { ...headers, "cache-control": "no-store" },
      });
    }
  };
}
