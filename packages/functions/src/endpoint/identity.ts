import { isSubject } from "@algoitny/core/user/user-subject";
import type { HttpEvent } from "./http-event.ts";
import { foldAscii } from "./fold-ascii.ts";
import { unauthorized } from "./http-error.ts";
import type { IssuerKeysOptions } from "./issuer-keys.ts";
import type { AuthLink } from "../links.ts";
import { once } from "../once.ts";

/** Caller of a request, from a verified token; never from another header, a parameter or a body. */
export interface Caller {
  sub: string;
  /** The address as the token contains it; empty if it has none. */
  email: string;
  /** `preferred_username`, otherwise `name`, otherwise the address. */
  identifier: string;
  admin: boolean;
  /** True if the claim lists `viewer`: the caller may see how the stage runs, as every admin may. */
  viewer?: true;
}

type Claims = Readonly<Record<string, unknown>>;

export type Identify = (event: HttpEvent) => Promise<Caller | null>;

const TOKEN = /^(?:Bearer\s+)?([\w-]+\.[\w-]+\.[\w-]+)$/i;

/**
 * Builds the check of a request's identity: claims that the gateway's authorizer verified, otherwise a Bearer token
 * that is verified here against the issuer's keys. No token: null; a bad one: 401. The first token that is verified
 * here loads jose: anonymous hits do not pay for it.
 */
export function createIdentify(auth: AuthLink, options: IssuerKeysOptions = {}): Identify {
  const verifier = once(async () => {
    const { createTokenVerifier } = await import("./token-verifier.ts");
    return createTokenVerifier(auth, options);
  });
  return async (event) => {
    const header = event.headers["authorization"]?.trim() ?? "";
    const [, token] = TOKEN.exec(header) ?? [];
    const verified = event.requestContext.authorizer?.jwt?.claims;
    if (verified) return callerOf(asInToken(verified, token), auth);
    if (!header) return null;
    if (!token) throw unauthorized("send `Authorization: Bearer <JWT>`");
    const verify = await verifier();
    return callerOf(await verify(token), auth);
  };
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
  const claim = claims[auth.adminClaim];
  const name = text("preferred_username") || text("name") || email;
  return {
    sub,
    email,
    identifier: name.toWellFormed(),
    admin:
      grants(claim, "admin") ||
      isTrue(claim) ||
      (isVerified(claims) && isListed(email, auth.adminEmails)),
    ...(grants(claim, "viewer") && { viewer: true }),
  };
}

/**
 * Reads the claims from the token itself, whose signature the gateway has checked, so that they are judged as on
 * routes without an authorizer. The gateway turns every claim into text: a number, too, and a list into `[staff
 * admin]`, in which two names look like one with a blank. The gateway's texts are used only for a token that cannot
 * be parsed or has another subject: no list in them grants a role.
 */
function asInToken(verified: Claims, token: string | undefined): Claims {
  const [, payload = ""] = token?.split(".") ?? [];
  try {
    const claims = Object(JSON.parse(Buffer.from(payload, "base64url").toString()));
    const { sub } = claims;
    if (sub !== undefined && (typeof sub !== "string" || sub === verified["sub"])) return claims;
  } catch {
    // No JSON.
  }
  return verified;
}

/** True for a list that contains the role. */
function grants(claim: unknown, role: "admin" | "viewer"): boolean {
  return Array.isArray(claim) && claim.includes(role);
}

/** Issuers let people claim any address; only a verified one makes an admin. */
function isVerified({ email_verified: verified }: Claims): boolean {
  return isTrue(verified);
}

/** The gateway passes `true` as text. */
function isTrue(claim: unknown): boolean {
  return claim === true || claim === "true";
}

function isListed(email: string, addresses: readonly string[]): boolean {
  return email !== "" && addresses.some((address) => foldAscii(address) === foldAscii(email));
}
