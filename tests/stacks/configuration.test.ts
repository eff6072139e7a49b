import { readCacheSettings, readConfiguration } from "../../stacks/variables.ts";
import { describe, expect, test } from "vitest";

const personal = (env: Record<string, string>) => readConfiguration(env, { production: false });
const production = (env: Record<string, string>) => readConfiguration(env, { production: true });

describe("what a deployment may choose", () => {
  test("is nothing: a stage of its own needs no variable at all", () => {
    expect(personal({})).toEqual({
      ADMIN_EMAILS: [],
      CORS_ORIGINS: [],
      REDIS_READ_REGIONS: [],
    });
  });

  test("is read from lists, numbers and switches as people write them; empty is not set", () => {
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
    [{ CORS_ORIGINS: "*" }, "name the origins"],
    [{ CORS_ORIGINS: "example.com" }, "CORS_ORIGINS"],
    [{ ALARM_EMAIL: "nobody" }, "ALARM_EMAIL"],
    [{ ADMIN_EMAILS: "a@example.com, \u212Aim@example.com" }, "\u212Aim@example.com"],
    [{ ADMIN_EMAILS: "ops@b\u00FCcher.example" }, "xn--"],
    [{ ADMIN_EMAILS: "ops" }, "ADMIN_EMAILS"],
    [{ REDIS_BUDGET_USD: "much" }, "REDIS_BUDGET_USD"],
    [{ API_DOMAIN: "https://api.example.com" }, "API_DOMAIN"],
  ])("%o is refused with the name of what to mend", (env, text) => {
    expect(() => personal(env)).toThrow(text);
    expect(() => personal(env)).toThrow("docs/deploy.md");
  });
});

describe("production", () => {
  const said = {
    AUTH_ISSUER: "https://issuer.example.com",
    AUTH_AUDIENCE: "algoitny",
    ADMIN_EMAILS: "a@example.com",
    CORS_ORIGINS: "https://app.example.com",
    API_DOMAIN: "api.example.com",
    ALARM_EMAIL: "ops@example.com",
  };
  const mustBeSaid = Object.keys(said).filter((name) => name !== "AUTH_AUDIENCE");

  test("is deployed with its issuer, its admins, its origins, its domain and who hears of alarms", () => {
    expect(production(said)).toMatchObject({ AUTH_ISSUER: said.AUTH_ISSUER });
  });

  test.each(mustBeSaid)("is not deployed from a machine where %s is not said", (name) => {
    for (const env of [
      { ...said, [name]: "" },
      { ...said, [name]: undefined },
    ]) {
      expect(() => readConfiguration(env, { production: true })).toThrow(
        `Production does not say ${name}.`,
      );
    }
  });

  test("says all that is not said, and where to take it from", () => {
    expect(() => production({})).toThrow(mustBeSaid.join(", "));
    expect(() => production({})).toThrow(/\.env\.production.*`none`.*`cognito`.*docs\/deploy\.md/);
  });

  test("may do without any of it, on purpose", () => {
    const none = Object.fromEntries(mustBeSaid.map((name) => [name, "none"]));
    expect(production({ ...none, AUTH_ISSUER: "cognito" })).toEqual(personal({}));
    expect(() => production(none)).toThrow("AUTH_ISSUER");
  });
});

test("settings of the cache are handed on as they are, and nothing else is", () => {
  const settings = { CACHE_PROBLEM_LIST_TTL: "30", CACHE_STORE_TIMEOUT_MS: "2000" };
  const env = { ...settings, CACHE_EMPTY_TTL: "", CACHE_TTL: "5", PATH: "/bin" };
  expect(readCacheSettings(env)).toEqual(settings);
});
