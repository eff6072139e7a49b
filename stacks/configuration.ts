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

const Variables = z
  .object({
    AUTH_ISSUER: optional(z.url({ protocol: /^https$/ })),
    AUTH_AUDIENCE: optional(z.string()),
    AUTH_JWKS_URI: optional(z.url({ protocol: /^https$/ })),
    ADMIN_EMAILS: list,
    ADMIN_CLAIM: optional(z.string()),
    CORS_ORIGINS: list.refine((origins) => !origins.includes("*"), {
      error: "name the origins: browsers refuse `*` together with credentials",
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

function read() {
  const parsed = Variables.safeParse(process.env);
  if (parsed.success) return parsed.data;
  throw new Error(
    `The environment does not make sense (docs/deploy.md lists every variable):\n${z.prettifyError(parsed.error)}`,
  );
}

/** What a deployment may choose, from the environment, `.env` and `.env.<stage>`. */
export const configuration = read();

/** Lifetimes of cached reads that the deployment overrides, handed on to every function. */
export const cacheTtls: Record<string, string> = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    /^CACHE_[A-Z_]+_TTL$/.test(name) && value ? [[name, value]] : [],
  ),
);
