import { JWKS_PATH, LOCAL_ADMIN_CLAIM, LOCAL_AUDIENCE, LOCAL_ISSUER } from "./issuer/issuer.ts";
import type { Links } from "./runtime/environment.ts";

/** What there is to link to. */
export interface Linked {
  /** Where the issuer's documents are. */
  issuerUrl: string;
  table: string;
  redis: { url: string; token: string };
  /** Addresses of queues, by their names. */
  queueUrls: Readonly<Record<string, string>>;
}

/** What the stacks link to functions, as it is here; every function gets all of it. */
export function localLinks({ issuerUrl, table, redis, queueUrls }: Linked): Links {
  const queues = Object.entries(queueUrls).map(([name, url]) => [name, { url }] as const);
  return {
    Table: { name: table },
    Redis: { url: redis.url, token: redis.token },
    Auth: {
      issuer: LOCAL_ISSUER,
      audience: LOCAL_AUDIENCE,
      jwksUri: `${issuerUrl}${JWKS_PATH}`,
      adminEmails: [],
      adminClaim: LOCAL_ADMIN_CLAIM,
    },
    ...Object.fromEntries(queues),
  };
}
