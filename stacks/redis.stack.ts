import { configuration } from "./configuration.ts";

const { UPSTASH_API_KEY, REDIS_REGION, REDIS_READ_REGIONS, REDIS_BUDGET_USD, REDIS_PROD_PACK } =
  configuration;

/** Address of `npm run redis`: under `sst dev`, a cache without an Upstash account. */
export const LOCAL_REDIS = { url: "http://127.0.0.1:8079", token: "local" };

/**
 * Creates the stage's database. Its primary region is by default that of the functions, so that a hit stays within the
 * region.
 */
function createDatabase() {
  const database = new upstash.RedisDatabase("RedisDatabase", {
    databaseName: `${$app.name}-${$app.stage}`,
    region: "global",
    primaryRegion: REDIS_REGION,
    readRegions: REDIS_READ_REGIONS,
    // A full database evicts entries instead of refusing new ones; an evicted stamp makes its entries invalid, never valid.
    eviction: true,
    tls: true,
    budget: REDIS_BUDGET_USD,
    prodPack: REDIS_PROD_PACK,
  });
  return {
    url: $interpolate`https://${database.endpoint}`,
    token: $util.secret(database.restToken),
  };
}

/** Links an existing database: `sst secret set RedisUrl https://…`, `sst secret set RedisToken …`. */
function existingDatabase() {
  const url = new sst.Secret("RedisUrl", $dev ? LOCAL_REDIS.url : undefined);
  const token = new sst.Secret("RedisToken", $dev ? LOCAL_REDIS.token : undefined);
  return { url: url.value, token: token.value };
}

export const redis = new sst.Linkable("Redis", {
  properties: UPSTASH_API_KEY ? createDatabase() : existingDatabase(),
});
