import { z } from "zod";
import {
  AdminEmails,
  List,
  NONE,
  Origins,
} from "../packages/functions/src/deployment/list-variables.ts";

const optional = <Schema extends z.ZodType>(schema: Schema, none = NONE) =>
  z.preprocess((value) => (value === "" || value === none ? undefined : value), schema.optional());

const Variables = z
  .object({
    AUTH_ISSUER: optional(z.url({ protocol: /^https$/ }), "cognito"),
    AUTH_AUDIENCE: optional(z.string()),
    AUTH_JWKS_URI: optional(z.url({ protocol: /^https$/ })),
    ADMIN_EMAILS: AdminEmails,
    ADMIN_CLAIM: optional(z.string()),
    CORS_ORIGINS: Origins,
    API_DOMAIN: optional(z.hostname()),
    ALARM_EMAIL: optional(z.email()),
    UPSTASH_EMAIL: optional(z.email()),
    UPSTASH_API_KEY: optional(z.string()),
    REDIS_REGION: optional(z.string()),
    REDIS_READ_REGIONS: List,
    REDIS_BUDGET_USD: optional(z.coerce.number().int().positive()),
    REDIS_PROD_PACK: optional(z.stringbool()),
  })
  .refine(({ AUTH_ISSUER, AUTH_AUDIENCE }) => !AUTH_ISSUER === !AUTH_AUDIENCE, {
    path: ["AUTH_AUDIENCE"],
    error:
      "AUTH_ISSUER and AUTH_AUDIENCE go together: set both, or neither for a Cognito user pool",
  })
  .refine(({ UPSTASH_EMAIL, UPSTASH_API_KEY }) => !UPSTASH_EMAIL === !UPSTASH_API_KEY, {
    path: ["UPSTASH_API_KEY"],
    error:
      "UPSTASH_EMAIL and UPSTASH_API_KEY go together: set both, or neither for an existing database",
  });

type Environment = Readonly<Record<string, string | undefined>>;

/** What production must say: from a machine without its `.env.production`, all of it would be taken away silently. */
const SAID_IN_PRODUCTION = [
  "AUTH_ISSUER",
  "ADMIN_EMAILS",
  "CORS_ORIGINS",
  "API_DOMAIN",
  "ALARM_EMAIL",
] as const;

/** Reads what a deployment may choose; throws with every variable that makes no sense, or that production lacks. */
export function readConfiguration(env: Environment, { production }: { production: boolean }) {
  const unsaid = production ? SAID_IN_PRODUCTION.filter((name) => !env[name]) : [];
  if (unsaid.length > 0)
    throw new Error(
      `Production does not say ${unsaid.join(", ")}. Deploy with the .env.production of the last deployment, or write ` +
        "`none` (AUTH_ISSUER: `cognito`) for what it shall not have. docs/deploy.md explains it.",
    );
  const parsed = Variables.safeParse(env);
  if (parsed.success) return parsed.data;
  const mistakes = z.prettifyError(parsed.error);
  throw new Error(`The environment makes no sense (docs/deploy.md explains it):\n${mistakes}`);
}

/** Settings of the cache that a deployment overrides, handed on to every function. */
export function readCacheSettings(env: Environment): Record<string, string> {
  const given = Object.entries(env).flatMap(([name, value]) =>
    /^CACHE_([A-Z_]+_TTL|STORE_TIMEOUT_MS)$/.test(name) && value ? [[name, value] as const] : [],
  );
  return Object.fromEntries(given);
}
