import { z } from "zod";
import { readTtls } from "../packages/core/src/ttl.ts";
import { checkRecordedViews } from "../packages/core/src/views.ts";
import {
  AdminEmails,
  List,
  NONE,
  Origins,
} from "../packages/functions/src/deployment/list-variables.ts";
import { readStoreTimeout } from "../packages/functions/src/store-timeout.ts";
import { readVerifyPerMinute } from "../packages/functions/src/verifying/sample-hits.ts";
import { databaseMistakes } from "./redis-regions.ts";

const optional = <Schema extends z.ZodType>(schema: Schema, none = NONE) =>
  z.preprocess((value) => (value === "" || value === none ? undefined : value), schema.optional());

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** Two labels at least, because the hosted zone in Route 53 is the rest after the first one. ACM accepts 64 characters. */
const DOMAIN = /^(?=.{1,64}$)([a-z\d]([a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d]$/;

const Variables = z
  .object({
    AWS_REGION: optional(
      z.string().regex(REGION, { error: "write a region of AWS, such as eu-west-1" }),
      "",
    ),
    /** The region that SST uses, which it may take from a profile. */
    SST_AWS_REGION: optional(z.string()),
    AWS_ACCOUNT_ID: optional(
      z.string().regex(/^\d{12}$/, { error: "write the account's 12 digits" }),
    ),
    AUTH_ISSUER: optional(
      z
        .url({ protocol: /^https$/ })
        .regex(/^[^?#]*$/, { error: "write the tokens' `iss`, without a query or a fragment" }),
      "cognito",
    ),
    AUTH_AUDIENCE: optional(z.string()),
    AUTH_JWKS_URI: optional(z.url({ protocol: /^https$/ })),
    OPS_CLIENT_ID: optional(z.string()),
    ADMIN_EMAILS: AdminEmails,
    ADMIN_CLAIM: optional(z.string()),
    CORS_ORIGINS: Origins,
    API_DOMAIN: optional(
      z.string().regex(DOMAIN, {
        error: "write a lower-case domain name of at most 64 characters, such as api.example.com",
      }),
    ),
    EDGE: optional(z.enum(["count", "block"], { error: "write count or block" })),
    EDGE_SECRET: optional(
      z.string().regex(/^[\w-]{32,128}$/, {
        error: "write 32 to 128 letters, digits, _ and -, as `openssl rand -hex 32` makes",
      }),
    ),
    SEARCH_URL: optional(
      z.url({ protocol: /^https$/, error: "write the domain's https:// address" }),
    ),
    SEARCH_ARN: optional(
      z.string().regex(/^arn:aws[\w-]*:es:[\w-]+:\d{12}:domain\/[\w-]+$/, {
        error: "write the domain's ARN, such as arn:aws:es:eu-west-1:123456789012:domain/problems",
      }),
    ),
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
  .refine(({ SEARCH_URL, SEARCH_ARN }) => !SEARCH_URL === !SEARCH_ARN, {
    path: ["SEARCH_ARN"],
    error: "SEARCH_URL and SEARCH_ARN go together: set both, or neither to search in the catalogue",
  })
  .refine(({ EDGE, EDGE_SECRET }) => !EDGE === !EDGE_SECRET, {
    path: ["EDGE_SECRET"],
    error: "EDGE and EDGE_SECRET go together: set both, or neither for an API without CloudFront",
  })
  .refine(({ EDGE, API_DOMAIN }) => !EDGE || API_DOMAIN !== undefined, {
    path: ["API_DOMAIN"],
    error: "EDGE needs the API's domain, which then belongs to CloudFront",
  })
  .refine(({ UPSTASH_EMAIL, UPSTASH_API_KEY }) => !UPSTASH_EMAIL === !UPSTASH_API_KEY, {
    path: ["UPSTASH_API_KEY"],
    error:
      "UPSTASH_EMAIL and UPSTASH_API_KEY go together: set both, or neither for an existing database",
  })
  .transform(({ SST_AWS_REGION, AWS_REGION, REDIS_REGION, ...rest }) => ({
    ...rest,
    AWS_REGION,
    // The functions' region by default: each hit is one round trip.
    REDIS_REGION: REDIS_REGION ?? SST_AWS_REGION ?? AWS_REGION,
  }))
  .check(({ value, issues }) => {
    if (value.UPSTASH_API_KEY === undefined) return;
    for (const { variable, message } of databaseMistakes(
      value.REDIS_REGION,
      value.REDIS_READ_REGIONS,
    ))
      issues.push({ code: "custom", input: value, path: [variable], message });
  });

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables that production requires: from a machine without its `.env.production`, a deployment would silently remove
 * everything that they configure. Region and account are among them because SST keeps its state by these: with others, a shell
 * would create a second, empty production.
 */
const REQUIRED_IN_PRODUCTION = [
  "AWS_REGION",
  "AWS_ACCOUNT_ID",
  "AUTH_ISSUER",
  "ADMIN_EMAILS",
  "CORS_ORIGINS",
  "API_DOMAIN",
  "ALARM_EMAIL",
] as const;

/**
 * Reads the variables of a deployment. Throws an error that lists the variables that production lacks or, if it lacks none,
 * the invalid ones; combinations of variables are checked only when each value is valid.
 */
export function readConfiguration(env: Environment, { production }: { production: boolean }) {
  const unset = production ? REQUIRED_IN_PRODUCTION.filter((name) => !env[name]) : [];
  if (unset.length > 0)
    throw new Error(
      `Production requires ${unset.join(", ")}. Deploy with the .env.production of the last deployment, or write \`none\` for each ` +
        "part that the stage does not need; AUTH_ISSUER takes `cognito` instead, and AWS_REGION needs a region (docs/configuration.md).",
    );
  const parsed = Variables.safeParse(env);
  if (parsed.success) return parsed.data;
  const mistakes = z.prettifyError(parsed.error);
  throw new Error(
    `Invalid environment variables (docs/configuration.md explains them):\n${mistakes}`,
  );
}

/** Settings of the cache that a deployment sets, passed to every function; throws when a function would refuse one. */
export function readCacheSettings(env: Environment): Record<string, string> {
  const given = Object.entries(env).flatMap(([name, value]) =>
    /^CACHE_([A-Z_]+_TTL|STORE_TIMEOUT_MS|VERIFY_PER_MINUTE|RECORDED_VIEWS)$/.test(name) && value
      ? [[name, value] as const]
      : [],
  );
  const known = Object.keys(readTtls(env)).map((ttlClass) => `CACHE_${ttlClass}_TTL`);
  const unknown = given.find(([name]) => name.endsWith("_TTL") && !known.includes(name));
  if (unknown)
    throw new Error(
      `${unknown[0]} is not a lifetime of the cache: write one of ${known.join(", ")}`,
    );
  readStoreTimeout(env);
  readVerifyPerMinute(env);
  checkRecordedViews(env);
  return Object.fromEntries(given);
}

/**
 * Throws when a stage without its own Upstash database lacks the address or token of an existing one, or has an invalid
 * address.
 */
export function checkSecrets(env: Environment, stage: string): void {
  const set = (name: string, value: string) =>
    `npx sst secret set ${name} ${value} --stage ${stage}`;
  const { SST_SECRET_RedisUrl: url = "", SST_SECRET_RedisToken: token = "" } = env;
  const isAddress = z.url({ protocol: /^https$/ }).safeParse(url).success;
  if (isAddress && token !== "") return;
  const mistake = isAddress
    ? "the secret RedisToken is not set"
    : url === ""
      ? "the secret RedisUrl is not set"
      : "the secret RedisUrl is not an https:// address (write the REST API's, not redis://)";
  throw new Error(
    `The stage ${stage} has no Redis: ${mistake}. Set UPSTASH_EMAIL and UPSTASH_API_KEY for a database of this stage, or name ` +
      `an existing one:\n${set("RedisUrl", "https://….upstash.io")}\n${set("RedisToken", "…")}`,
  );
}
