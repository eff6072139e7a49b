import { regionMistake } from "../../stacks/redis-regions.ts";
import { checkSecrets, readCacheSettings, readConfiguration } from "../../stacks/variables.ts";
import { describe, expect, test } from "vitest";

const personal = (env: Record<string, string>) => readConfiguration(env, { production: false });
const production = (env: Record<string, string>) => readConfiguration(env, { production: true });

describe("the configuration of a deployment", () => {
  test("may be empty: a personal stage needs no variable at all", () => {
    expect(personal({})).toEqual({
      ADMIN_EMAILS: [],
      CORS_ORIGINS: [],
      REDIS_READ_REGIONS: [],
    });
  });

  test("is read from lists, numbers and switches in the usual spellings; empty means absent", () => {
    const env = {
      ADMIN_EMAILS: " a@example.com, b@example.com ,",
      REDIS_BUDGET_USD: "20",
      REDIS_PROD_PACK: "true",
      API_DOMAIN: "",
    };
    expect(personal(env)).toMatchObject({
      ADMIN_EMAILS: ["a@example.com", "b@example.com"],
      REDIS_BUDGET_USD: 20,
      REDIS_PROD_PACK: true,
    });
    expect(personal(env).API_DOMAIN).toBeUndefined();
  });

  test.each([
    [{ AUTH_ISSUER: "https://issuer.example.com" }, "AUTH_ISSUER and AUTH_AUDIENCE go together"],
    [{ AUTH_AUDIENCE: "algoitny" }, "AUTH_ISSUER and AUTH_AUDIENCE go together"],
    [{ AUTH_ISSUER: "http://issuer", AUTH_AUDIENCE: "a" }, "AUTH_ISSUER"],
    [{ UPSTASH_API_KEY: "key" }, "UPSTASH_EMAIL and UPSTASH_API_KEY go together"],
    [{ CORS_ORIGINS: "*" }, "name each origin"],
    [{ CORS_ORIGINS: "example.com" }, "CORS_ORIGINS"],
    [{ ALARM_EMAIL: "nobody" }, "ALARM_EMAIL"],
    [{ ADMIN_EMAILS: "a@example.com, \u212Aim@example.com" }, "\u212Aim@example.com"],
    [{ ADMIN_EMAILS: "ops@b\u00FCcher.example" }, "xn--"],
    [{ ADMIN_EMAILS: "ops" }, "ADMIN_EMAILS"],
    [{ REDIS_BUDGET_USD: "much" }, "REDIS_BUDGET_USD"],
    [{ API_DOMAIN: "https://api.example.com" }, "API_DOMAIN"],
    [{ API_DOMAIN: "localhost" }, "as api.example.com"],
    [{ SEARCH_URL: "https://search.example.com" }, "SEARCH_ARN"],
    [{ SEARCH_URL: "https://a.example", SEARCH_ARN: "problems" }, "arn:aws:es:"],
    [{ EDGE: "stop", EDGE_SECRET: "x".repeat(32), API_DOMAIN: "a.example.com" }, "count or block"],
    [{ EDGE: "count", API_DOMAIN: "a.example.com" }, "EDGE_SECRET"],
    [{ EDGE: "count", EDGE_SECRET: "short", API_DOMAIN: "a.example.com" }, "openssl rand"],
    [{ EDGE: "count", EDGE_SECRET: "x".repeat(32) }, "API_DOMAIN"],
    [{ API_DOMAIN: "10.0.0.1" }, "as api.example.com"],
    [{ API_DOMAIN: "API.example.com" }, "lower-case"],
    [{ API_DOMAIN: `${"a".repeat(60)}.example.com` }, "at most 64 characters"],
    [{ ADMIN_EMAILS: "ops@example.com, alice" }, "ADMIN_EMAILS"],
    [{ ADMIN_EMAILS: "\u212Aim@example.com" }, "ADMIN_EMAILS"],
    [{ CORS_ORIGINS: "ftp://example.com" }, "write it as https://app.example.com"],
    [{ AUTH_ISSUER: "https://issuer.example.com?a=1", AUTH_AUDIENCE: "a" }, "without a query"],
    [{ AWS_REGION: "Ireland" }, "AWS_REGION"],
    [{ AWS_REGION: "none" }, "AWS_REGION"],
    [{ AWS_REGION: "eu-west-1a" }, "AWS_REGION"],
    [{ AWS_ACCOUNT_ID: "1234-5678-9012" }, "the account's 12 digits"],
    [{ AWS_ACCOUNT_ID: "12345678901" }, "the account's 12 digits"],
    [{ AWS_ACCOUNT_ID: "1234567890123" }, "the account's 12 digits"],
  ])("is refused with %o, and the error names the variable to correct", (env, text) => {
    expect(() => personal(env)).toThrow(text);
    expect(() => personal(env)).toThrow("docs/configuration.md");
  });
});

describe("the region of a database that the stage creates", () => {
  const upstash = { UPSTASH_EMAIL: "ops@example.com", UPSTASH_API_KEY: "key" };

  test("is the functions' region, which SST may take from a profile, or the given one", () => {
    expect(personal({ ...upstash, AWS_REGION: "eu-west-1" }).REDIS_REGION).toBe("eu-west-1");
    const shell = { AWS_REGION: "eu-west-1", SST_AWS_REGION: "us-west-2" };
    expect(personal({ ...upstash, ...shell }).REDIS_REGION).toBe("us-west-2");
    const said = { ...upstash, AWS_REGION: "ap-northeast-2", REDIS_REGION: "ap-northeast-1" };
    expect(personal(said).REDIS_REGION).toBe("ap-northeast-1");
  });

  test.each([
    [{ AWS_REGION: "ap-northeast-2" }, "write REDIS_REGION=ap-northeast-1, a near one"],
    [{ SST_AWS_REGION: "eu-north-1" }, "write REDIS_REGION=eu-central-1, a near one"],
    [{ REDIS_REGION: "eu-west-3" }, "write REDIS_REGION=eu-west-2, a near one"],
    [{ REDIS_REGION: "moon" }, "write REDIS_REGION=<one of us-east-1, us-east-2"],
    [
      { REDIS_REGION: "us-east-1", REDIS_READ_REGIONS: "eu-west-3" },
      "REDIS_READ_REGIONS=eu-west-2",
    ],
    [{ REDIS_REGION: "us-east-1", REDIS_READ_REGIONS: "us-east-1" }, "name each region once"],
    [
      { REDIS_REGION: "us-east-1", REDIS_READ_REGIONS: "sa-east-1,sa-east-1" },
      "name each region once",
    ],
  ])("is refused when it is %o, which Upstash does not have, with a proposal", (env, text) => {
    expect(() => personal({ ...upstash, ...env })).toThrow(text);
  });

  test.each([
    ["me-central-1", "af-south-1", "eu-south-2", "ap-southeast-3", "ap-south-2", "ap-northeast-3"],
    ["ca-west-1", "mx-central-1", "eu-west-3", "eu-north-1", "eu-central-2", "eu-south-1"],
    ["il-central-1", "me-south-1", "ap-east-1", "ap-east-2", "ap-northeast-2", "ap-southeast-4"],
    ["ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "us-east-1", "eu-west-1"],
  ])("is one of Upstash's, or one is proposed, for each of %s, %s, %s, …", (...regions) => {
    for (const region of regions) {
      const mistake = regionMistake("REDIS_REGION", region);
      const [, proposed = region] = /REDIS_REGION=([\w-]+), a near one/.exec(mistake ?? "") ?? [];
      expect(regionMistake("REDIS_REGION", proposed)).toBeUndefined();
    }
  });

  test("is not needed by a stage with an existing database", () => {
    expect(() => personal({ AWS_REGION: "ap-northeast-2" })).not.toThrow();
  });
});

describe("an existing database", () => {
  const secrets = {
    SST_SECRET_RedisUrl: "https://redis.example.com",
    SST_SECRET_RedisToken: "token",
  };

  test("is given by two secrets", () => {
    expect(() => checkSecrets(secrets, "alice")).not.toThrow();
  });

  test.each([
    [{}, "RedisUrl is not set"],
    [{ ...secrets, SST_SECRET_RedisToken: "" }, "RedisToken is not set"],
    [{ ...secrets, SST_SECRET_RedisUrl: "rediss://redis.example.com:6379" }, "not redis://"],
  ])(
    "is refused with %o, and the error names the commands that set the secrets, not their values",
    (env, text) => {
      const check = () => checkSecrets(env, "alice");
      expect(check).toThrow(text);
      expect(check).toThrow("npx sst secret set RedisUrl https://….upstash.io --stage alice");
      expect(check).not.toThrow(/: token|6379/);
    },
  );
});

describe("production", () => {
  const said = {
    AWS_REGION: "eu-west-1",
    AWS_ACCOUNT_ID: "123456789012",
    AUTH_ISSUER: "https://issuer.example.com",
    AUTH_AUDIENCE: "algoitny",
    ADMIN_EMAILS: "a@example.com",
    CORS_ORIGINS: "https://app.example.com",
    API_DOMAIN: "api.example.com",
    ALARM_EMAIL: "ops@example.com",
  };
  const mustBeSaid = Object.keys(said).filter((name) => name !== "AUTH_AUDIENCE");

  test("is deployed with its region, account, issuer, admins, origins, domain and addresses for alarms", () => {
    expect(production(said)).toMatchObject({ AUTH_ISSUER: said.AUTH_ISSUER });
  });

  test.each(mustBeSaid)("is not deployed from a machine where %s is missing", (name) => {
    for (const env of [
      { ...said, [name]: "" },
      { ...said, [name]: undefined },
    ]) {
      expect(() => readConfiguration(env, { production: true })).toThrow(
        `Production requires ${name}.`,
      );
    }
  });

  test("lists everything that is missing, and where to take it from", () => {
    expect(() => production({})).toThrow(mustBeSaid.join(", "));
    expect(() => production({})).toThrow(
      /\.env\.production.*`none`.*`cognito`.*docs\/configuration\.md/,
    );
  });

  test("may leave out any of it except the region and an issuer, explicitly", () => {
    const { AWS_REGION } = said;
    const none = { ...Object.fromEntries(mustBeSaid.map((name) => [name, "none"])), AWS_REGION };
    expect(production({ ...none, AUTH_ISSUER: "cognito" })).toEqual(personal({ AWS_REGION }));
    expect(() => production(none)).toThrow("AUTH_ISSUER");
  });
});

test("settings of the cache are passed to functions unchanged, and no other variables are", () => {
  const settings = {
    CACHE_PROBLEM_LIST_TTL: "30",
    CACHE_STORE_TIMEOUT_MS: "2000",
    CACHE_RECORDED_VIEWS: "all",
  };
  const env = { ...settings, CACHE_EMPTY_TTL: "", CACHE_TTL: "5", PATH: "/bin" };
  expect(readCacheSettings(env)).toEqual(settings);
});

test.each([
  [{ CACHE_PROBLEM_LIST_TTL: "soon" }, "CACHE_PROBLEM_LIST_TTL=soon"],
  [{ CACHE_PROBLEM_LIST_TTL: "86401" }, "from 1 to 86400"],
  [
    { CACHE_PROBLEMS_TTL: "30" },
    "CACHE_PROBLEMS_TTL is not a lifetime of the cache: write one of CACHE_",
  ],
  [{ CACHE_STORE_TIMEOUT_MS: "0.5" }, "CACHE_STORE_TIMEOUT_MS=0.5"],
  [
    { CACHE_RECORDED_VIEWS: "problem_details" },
    /"problem_details" is not a view: write all, none, or some of .*problem_detail,/,
  ],
])("the cache's setting %o, with which no function would start, is refused", (env, text) => {
  expect(() => readCacheSettings(env)).toThrow(text);
});
