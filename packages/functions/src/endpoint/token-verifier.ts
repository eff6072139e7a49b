import { type JWTPayload, jwtVerify } from "jose";
import type { AuthLink } from "../links.ts";
import { HttpError, unauthorized, unavailable } from "./http-error.ts";
import { createIssuerKeys, type IssuerKeysOptions, IssuerUnavailableError } from "./issuer-keys.ts";

/** JWT algorithms that API Gateway's authorizer accepts. */
const ALGORITHMS = ["RS256", "RS384", "RS512"];

/**
 * Builds the check of a token, with the checks of API Gateway's authorizer, so that a token is valid on every route or on
 * none. A bad token is a 401; while the issuer's keys cannot be fetched, an unverifiable one is a 503.
 */
export function createTokenVerifier(
  { issuer, audience, jwksUri }: AuthLink,
  options: IssuerKeysOptions = {},
): (token: string) => Promise<JWTPayload> {
  const { now = Date.now } = options;
  const keys = createIssuerKeys(jwksUri, options);
  return async (token) => {
    const nowMs = now();
    const payload = await verify(token, nowMs).catch((error: unknown) => {
      if (error instanceof IssuerUnavailableError)
        throw unavailable(
          "the token issuer's keys cannot be fetched right now; try again in a moment",
          error,
        );
      throw error instanceof HttpError
        ? error
        : unauthorized("the token is not valid: sign in again");
    });
    if (!isFor(payload, audience)) throw unauthorized("the token is for another audience");
    if ((payload.iat ?? 0) > nowMs / 1_000)
      throw unauthorized("the token is issued in the future: check the clock of its issuer");
    return payload;
  };

  async function verify(token: string, nowMs: number): Promise<JWTPayload> {
    const { payload } = await jwtVerify(
      token,
      (header, jws) => {
        if (typeof header.kid !== "string") throw unauthorized("the token names no key (`kid`)");
        return keys(header, jws);
      },
      {
        issuer,
        algorithms: ALGORITHMS,
        requiredClaims: ["sub", "exp"],
        currentDate: new Date(nowMs),
      },
    );
    return payload;
  }
}

/** As API Gateway compares it: `aud`, or `client_id` if a token has no `aud` (Cognito's access tokens). */
function isFor({ aud, client_id: clientId }: JWTPayload, audience: string): boolean {
  return aud === undefined ? clientId === audience : [aud].flat().includes(audience);
}
