import { foldAscii } from "@algoitny/functions/endpoint/fold-ascii";
import { createLocalJWKSet, SignJWT, type JWTVerifyGetKey } from "jose";
import { loadSigningKey } from "./signing-key.ts";

/** `iss` of local tokens. It contains no port, so that tokens stay valid when the port changes. */
export const LOCAL_ISSUER = "https://issuer.algoitny.local";

/** `aud` of local tokens. */
export const LOCAL_AUDIENCE = "algoitny-local";

/** The claim of local tokens that makes an admin: `true`. */
export const LOCAL_ADMIN_CLAIM = "is_admin";

/** Lifetime of local tokens in seconds: 30 days. */
const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

export const JWKS_PATH = "/.well-known/jwks.json";
export const DISCOVERY_PATH = "/.well-known/openid-configuration";
export const AUTHORIZE_PATH = "/local/authorize";
export const TOKEN_PATH = "/local/token";

/** Issues tokens as an OIDC provider would, and publishes the key that verifies them. */
export interface Issuer {
  /** Fills in `iss`, `aud`, `iat` and `exp` (30 days) unless the claims have them, even as `undefined`. */
  issueToken(claims: Readonly<Record<string, unknown>>): Promise<string>;
  /** The public key, for a verifier in this process. */
  keys: JWTVerifyGetKey;
  /** Document to serve at `path`; undefined when the path is not the issuer's. */
  document(path: string, baseUrl: string): object | undefined;
}

/** A local person's `sub`. */
export const subjectOf = (email: string): string => `local|${foldAscii(email)}`;

/** A token's claims for a local person. */
export function claimsOf(email: string, admin: boolean): Record<string, unknown> {
  return {
    sub: subjectOf(email),
    email,
    email_verified: true,
    ...(admin && { [LOCAL_ADMIN_CLAIM]: true }),
  };
}

/** Creates an issuer with the key in `dataDir`, or with a new key for this process only. */
export async function createIssuer(dataDir?: string): Promise<Issuer> {
  const { kid, privateKey, publicJwk } = await loadSigningKey(dataDir);
  const jwks = { keys: [publicJwk] };

  return {
    issueToken(claims) {
      const iat = Math.floor(Date.now() / 1000);
      const exp = iat + LIFETIME_SECONDS;
      const defaults = { iss: LOCAL_ISSUER, aud: LOCAL_AUDIENCE, iat, exp };
      return new SignJWT({ ...defaults, ...claims })
        .setProtectedHeader({ alg: "RS256", kid, typ: "JWT" })
        .sign(privateKey);
    },
    keys: createLocalJWKSet(jwks),
    document(path, baseUrl) {
      if (path === JWKS_PATH) return jwks;
      if (path !== DISCOVERY_PATH) return undefined;
      return {
        issuer: LOCAL_ISSUER,
        jwks_uri: `${baseUrl}${JWKS_PATH}`,
        authorization_endpoint: `${baseUrl}${AUTHORIZE_PATH}`,
        token_endpoint: `${baseUrl}${TOKEN_PATH}`,
        code_challenge_methods_supported: ["S256"],
        id_token_signing_alg_values_supported: ["RS256"],
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
      };
    },
  };
}
