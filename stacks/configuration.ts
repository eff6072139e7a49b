import { z } from "zod";

const unset = (value: unknown) => (value === "" ? undefined : value);
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(unset, schema.optional());
/** A comma-separated list. */
const list = z
  .string()
  .default("")
  .transform((text) => text.split(",").map((part) => part.trim()))
  .transform((parts) => parts.filter(Boolean));

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;

const Variables = z
  .object({
    AUTH_ISSUER: optional(z.url({ protocol: /^https$/ })),
    AUTH_AUDIENCE: optional(z.string()),
    AUTH_JWKS_URI: optional(z.url({ protocol: /^https$/ })),
    ADMIN_EMAILS: list,
    ADMIN_CLAIM: optional(z.string()),
    CORS_ORIGINS: list.refine((origins) => origins.every(isOrigin), {
      error: "name the origins, as https://app.example.com: browsers refuse `*` with credentials",
    }),
    API_DOMAIN: optional(z.hostname()),
    ALARM_EMAIL: optional(z.email()),
    UPSTASH_EMAIL: optional(z.email()),
    UPSTASH_API_KEY: optional(z.string()),
    REDIS_REGION: optional(z.string()),
    REDIS_READ_REGIONS: list,
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

/** Reads what a deployment may choose; throws with every variable that makes no sense. */
export function readConfiguration(env: Environment) {
  const parsed = Variables.safeParse(env);
  if (parsed.success) return parsed.data;
  const mistakes = z.prettifyError(parsed.error);
  throw new Error(`The environment makes no sense (docs/deploy.md explains it):\n${mistakes}`);
}

/** Lifetimes of cached reads that a deployment overrides, handed on to every function. */
export function readTtls(env: Environment): Record<string, string> {
  const given = Object.entries(env).flatMap(([name, value]) =>
    /^CACHE_[A-Z_]+_TTL$/.test(name) && value ? [[name, value] as const] : [],
  );
  return Object.fromEntries(given);
}

/** From the environment, `.env` and `.env.<stage>`. */
export const configuration = readConfiguration(process.env);
export const cacheTtls = readTtls(process.env);
