import { fileOf } from "./graph.ts";
import type { SynthOptions } from "./synth.ts";

/** Values that must appear only in links. */
export const SECRETS = { redisToken: "PERSONAL-REDIS-TOKEN", upstashApiKey: "UPSTASH-API-KEY" };

/** Secret that the edge sends, and that only functions which handle requests know. */
export const EDGE_SECRET = "0123456789abcdef0123456789abcdef";

/** The side table of a rewind, which the bare production has adopted. */
export const RESTORED_TABLE = "algoitny-production-TableTable-abcdefgh-at-20261128T150000";

const ORIGIN = "https://algoitny.example.com";

/** Runs as a bundle in the test of `npm run trace`. */
export const TRACED = "schedule/warm-problems";

/** Only slow tests run or read the bundles of all functions, which take longer than everything else. */
const isBundled = (handler: string): boolean =>
  Boolean(process.env["ALL_TESTS"]) || fileOf(handler) === TRACED;

/**
 * Stages that the tests evaluate, once per run: production with everything but an edge and a search engine, a personal
 * stage with these two, production with its minimum and a restored table, and `sst dev` with AWS only.
 */
export const stages = {
  production: {
    stage: "production",
    bundles: isBundled,
    env: {
      AWS_REGION: "us-east-1",
      AWS_ACCOUNT_ID: "123456789012",
      UPSTASH_EMAIL: "ops@example.com",
      UPSTASH_API_KEY: SECRETS.upstashApiKey,
      REDIS_REGION: "eu-west-1",
      REDIS_READ_REGIONS: "us-east-1, eu-central-1",
      REDIS_BUDGET_USD: "20",
      REDIS_PROD_PACK: "true",
      AUTH_ISSUER: "https://issuer.example.com/",
      AUTH_AUDIENCE: "algoitny",
      AUTH_JWKS_URI: "https://keys.example.com/jwks.json",
      ADMIN_CLAIM: "roles",
      OPS_CLIENT_ID: "algoitny-ops",
      ADMIN_EMAILS: "admin@example.com, second@example.com",
      CORS_ORIGINS: ORIGIN,
      API_DOMAIN: "api.example.com",
      ALARM_EMAIL: "ops@example.com",
      CACHE_PROBLEM_LIST_TTL: "30",
      // The deployed bundles run concurrently on a machine that may be busy.
      CACHE_STORE_TIMEOUT_MS: "5000",
      // At least the number of hits: an instance would skip checks beyond its sixth.
      CACHE_VERIFY_PER_MINUTE: "600",
    },
  },
  personal: {
    // The longest allowed name of a stage.
    stage: "feature-login-screen",
    env: {
      SST_SECRET_RedisUrl: "https://redis.example.com",
      SST_SECRET_RedisToken: SECRETS.redisToken,
      CORS_ORIGINS: ORIGIN,
      API_DOMAIN: "edge.example.com",
      SEARCH_URL: "https://search.example.com",
      SEARCH_ARN: "arn:aws:es:us-east-1:123456789012:domain/problems",
      EDGE: "count",
      EDGE_SECRET,
    },
  },
  bare: {
    stage: "production",
    restoredTables: { production: RESTORED_TABLE },
    env: {
      AWS_REGION: "us-east-1",
      AWS_ACCOUNT_ID: "none",
      AUTH_ISSUER: "cognito",
      ADMIN_EMAILS: "none",
      CORS_ORIGINS: "none",
      API_DOMAIN: "none",
      ALARM_EMAIL: "none",
      SST_SECRET_RedisUrl: "https://redis.example.com",
      SST_SECRET_RedisToken: SECRETS.redisToken,
    },
  },
  dev: { stage: "bob", dev: true },
} as const satisfies Record<string, SynthOptions>;

export type StageName = keyof typeof stages;
