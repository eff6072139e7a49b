import { JWKS_PATH, LOCAL_ADMIN_CLAIM, LOCAL_AUDIENCE, LOCAL_ISSUER } from "./issuer/issuer.ts";
import type { Links } from "./runtime/environment.ts";

/** What the stacks link to functions, as it is here. */
export function localLinks(
  url: string,
  table: string,
  redis: { url: string; token: string },
): Links {
  return {
    Table: { name: table },
    Redis: { url: redis.url, token: redis.token },
    Auth: {
      issuer: LOCAL_ISSUER,
      audience: LOCAL_AUDIENCE,
      jwksUri: `${url}${JWKS_PATH}`,
      adminEmails: [],
      adminClaim: LOCAL_ADMIN_CLAIM,
    },
  };
}
