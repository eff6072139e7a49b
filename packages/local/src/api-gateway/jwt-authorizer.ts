import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";

/** A JWT authorizer's configuration, with the keys that its issuer publishes. */
export interface JwtAuthorizerConfig {
  issuer: string;
  audience: readonly string[];
  keys: JWTVerifyGetKey;
}

/** The value of `requestContext.authorizer.jwt`, in which every claim is a string. */
export interface AuthorizedToken {
  claims: Record<string, string>;
  /** No route requires scopes. */
  scopes: null;
}

export type Authorization = { token: AuthorizedToken } | { refused: 401; wwwAuthenticate: string };

const challenge = (description: string) =>
  `Bearer scope="" error="invalid_token" error_description="${description}"`;

/** Converts a claim to text: lists become `[a b]`, objects JSON. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(" ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** All claims as text, without nulls, as in real events. Source: https://github.com/floci-io/floci/pull/2011 */
function claimTexts(payload: JWTPayload): Record<string, string> {
  const known = Object.entries(payload).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(known.map(([name, value]) => [name, claimText(value)]));
}

function audienceOf({ aud, client_id: clientId }: JWTPayload & { client_id?: unknown }): string[] {
  if (aud !== undefined) return [aud].flat();
  return typeof clientId === "string" ? [clientId] : [];
}

function whyRefused(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "the token has expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === "iss"
      ? "the token does not have a valid issuer"
      : `invalid ${error.claim}`;
  }
  if (error instanceof errors.JWKSNoMatchingKey) return "signing key not found";
  return "the token could not be verified";
}

/**
 * Verifies a token as an HTTP API's JWT authorizer does: RS256 family, `kid`, `iss`, `aud` (or `client_id` when there is no
 * `aud`), `exp`, `nbf`, `iat`. The header may contain the token without `Bearer`. Source:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export async function authorize(
  { issuer, audience, keys }: JwtAuthorizerConfig,
  header: string | undefined,
  now: () => Date = () => new Date(),
): Promise<Authorization> {
  const jwt = header?.replace(/^Bearer\s+/i, "").trim();
  if (!jwt) return { refused: 401, wwwAuthenticate: "Bearer" };
  const invalid = (why: string): Authorization => ({
    refused: 401,
    wwwAuthenticate: challenge(why),
  });

  let payload: JWTPayload;
  try {
    const currentDate = now();
    const algorithms = ["RS256", "RS384", "RS512"];
    const verified = await jwtVerify(jwt, keys, { issuer, algorithms, currentDate });
    if (verified.protectedHeader.kid === undefined) return invalid("the token has no kid");
    payload = verified.payload;
    if (payload.exp === undefined) return invalid("the token does not expire");
    if ((payload.iat ?? 0) > currentDate.getTime() / 1000) return invalid("invalid iat");
  } catch (error) {
    return invalid(whyRefused(error));
  }
  if (!audienceOf(payload).some((value) => audience.includes(value))) {
    return invalid("the token does not have a valid audience");
  }
  return { token: { claims: claimTexts(payload), scopes: null } };
}
