import {
  DISCOVERY_PATH,
  JWKS_PATH,
  LOCAL_ADMIN_CLAIM,
  LOCAL_AUDIENCE,
  LOCAL_ISSUER,
} from "./issuer/issuer.ts";
import type { Links } from "./runtime/environment.ts";

/** Services that functions link to. */
export interface Linked {
  /** Base URL of the issuer's documents. */
  issuerUrl: string;
  table: string;
  redis: { url: string; token: string };
  /** Addresses of queues, by their names. */
  queueUrls: Readonly<Record<string, string>>;
}

/** Links of the local cloud, with the names that the stacks use; every function gets all of them. */
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
      signIn: {
        clientId: LOCAL_AUDIENCE,
        discoveryUri: `${issuerUrl}${DISCOVERY_PATH}`,
        token: "id_token",
      },
    },
    ...Object.fromEntries(queues),
  };
}
