import type { JWTPayload, JWTVerifyGetKey } from "jose";
import { isSubject } from "@algoitny/core/user/user";
import type { HttpEvent } from "./http-event.ts";
import { HttpError, unauthorized, unavailable } from "./http-error.ts";
import type { AuthLink } from "../links.ts";

/** Who calls, as a verified token says; never taken from a header, a parameter or a body. */
export interface Caller {
  sub: string;
  /** The address as it stands in the token; empty when it has none. */
  email: string;
  /** `preferred_username`, else `name`, else the address. */
  identifier: string;
  admin: boolean;
}

type Claims = Readonly<Record<string, unknown>>;

export type Identify = (event: HttpEvent) => Promise<Caller | null>;

/** JWT algorithms that API Gateway's authorizer takes; the same here, so that a token is good on every route or on none. */
const ALGORITHMS = ["RS256", "RS384", "RS512"];

const TOKEN = /^(?:Bearer +)?([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** jose's codes for a key set that could not be had: the issuer's trouble, not the token's. */
const KEY_SET_TROUBLE = new Set(["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"]);

/**
 * Builds the check of a request's identity: claims that the gateway's authorizer verified, else a Bearer token verified
 * here against the issuer's keys (fetched once, kept for the life of the process). No token: null; a bad one: 401.
 */
export function createIdentify(auth: AuthLink): Identify {
  let verify: ((token: string) => Promise<Claims>) | undefined;
  return async (event) => {
    const header = event.headers["authorization"]?.trim() ?? "";
    const verified = event.requestContext.authorizer?.jwt?.claims;
    if (verified) return callerOf(withList(verified, auth.adminClaim, header), auth);
    if (!header) return null;
    const [, token] = TOKEN.exec(header) ?? [];
    if (!token) throw unauthorized("send `Authorization: Bearer <JWT>`");
    verify ??= await createVerifier(auth);
    return callerOf(await verify(token), auth);
  };
}

/** jose is loaded with the first token: an anonymous hit never pays for it. */
async function createVerifier(auth: AuthLink): Promise<(token: string) => Promise<Claims>> {
  const { createRemoteJWKSet, errors, jwtVerify } = await import("jose");
  const remoteKeys = createRemoteJWKSet(new URL(auth.jwksUri), { timeoutDuration: 1500 });
  const keys: JWTVerifyGetKey = async (header, token) => {
    try {
      return await remoteKeys(header, token);
    } catch (error) {
      if (error instanceof errors.JOSEError && !KEY_SET_TROUBLE.has(error.code)) throw error;
      throw unavailable(
        "the token issuer's keys cannot be had right now; try again in a moment",
        error,
      );
    }
  };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: auth.issuer,
        algorithms: ALGORITHMS,
        requiredClaims: ["sub", "exp"],
      });
      if (!isFor(payload, auth.audience)) throw unauthorized("the token is for another audience");
      return payload;
    } catch (error) {
      if (error instanceof HttpError) throw error;
      throw unauthorized("the token is not valid: sign in again");
    }
  };
}

/** As API Gateway compares it: `aud`, or `client_id` where a token has no `aud` (Cognito's access tokens). */
function isFor({ aud, client_id: clientId }: JWTPayload, audience: string): boolean {
  return aud === undefined ? clientId === audience : [aud].flat().includes(audience);
}

function callerOf(claims: Claims, auth: AuthLink): Caller {
  const text = (name: string) => (typeof claims[name] === "string" ? claims[name] : "");
  const sub = text("sub");
  if (sub === "") throw unauthorized("the token names no subject (`sub`)");
  if (!isSubject(sub)) {
    const limit = "at most 1,024 bytes when percent-encoded, and well-formed Unicode";
    throw unauthorized(`the token's subject (\`sub\`) cannot be stored: it must be ${limit}`);
  }
  const email = text("email").toWellFormed();
  const name = text("preferred_username") || text("name") || email;
  return {
    sub,
    email,
    identifier: name.toWellFormed(),
    admin:
      grantsAdmin(claims[auth.adminClaim]) ||
      (isVerified(claims) && isListed(email, auth.adminEmails)),
  };
}

/**
 * The gateway hands every claim on as text, a list as `[staff admin]`, where nobody can tell two names from one with a
 * blank in it. So a list is read from the token itself, whose signature the gateway has checked.
 */
function withList(verified: Claims, name: string, header: string): Claims {
  const text = verified[name];
  if (typeof text !== "string" || !text.startsWith("[")) return verified;
  const [, payload = ""] = TOKEN.exec(header)?.[1]?.split(".") ?? [];
  return { ...verified, [name]: claimIn(payload, name) };
}

function claimIn(payload: string, name: string): unknown {
  try {
    return Object(JSON.parse(Buffer.from(payload, "base64url").toString()))[name];
  } catch {
    return undefined;
  }
}

/** `true`, which the gateway hands on as text, or a list with `admin` in it. */
function grantsAdmin(claim: unknown): boolean {
  if (Array.isArray(claim)) return claim.includes("admin");
  return claim === true || claim === "true";
}

/** Issuers let people claim any address; only one that they say they have verified makes an admin. */
function isVerified({ email_verified: verified }: Claims): boolean {
  return verified === true || verified === "true";
}

function isListed(email: string, addresses: readonly string[]): boolean {
  return email !== "" && addresses.some((address) => address.toLowerCase() === email.toLowerCase());
}
