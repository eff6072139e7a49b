import { readConfiguration, readTtls } from "../../stacks/configuration.ts";
import { describe, expect, test } from "vitest";

describe("what a deployment may choose", () => {
  test("is nothing: a stage of its own needs no variable at all", () => {
    expect(readConfiguration({})).toEqual({
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
    expect(readConfiguration(env)).toMatchObject({
      ADMIN_EMAILS: ["a@example.com", "b@example.com"],
      REDIS_BUDGET_USD: 20,
      REDIS_PROD_PACK: true,
    });
    expect(readConfiguration(env).API_DOMAIN).toBeUndefined();
  });

  test.each([
    [{ AUTH_ISSUER: "https://issuer.example.com" }, "AUTH_ISSUER and AUTH_AUDIENCE go together"],
    [{ AUTH_AUDIENCE: "algoitny" }, "AUTH_ISSUER and AUTH_AUDIENCE go together"],
    [{ AUTH_ISSUER: "http://issuer", AUTH_AUDIENCE: "a" }, "AUTH_ISSUER"],
    [{ UPSTASH_API_KEY: "key" }, "UPSTASH_EMAIL and UPSTASH_API_KEY go together"],
    [{ CORS_ORIGINS: "*" }, "name the origins"],
    [{ CORS_ORIGINS: "example.com" }, "CORS_ORIGINS"],
    [{ ALARM_EMAIL: "nobody" }, "ALARM_EMAIL"],
    [{ REDIS_BUDGET_USD: "much" }, "REDIS_BUDGET_USD"],
    [{ API_DOMAIN: "https://api.example.com" }, "API_DOMAIN"],
  ])("%o is refused with the name of what to mend", (env, text) => {
    expect(() => readConfiguration(env)).toThrow(text);
    expect(() => readConfiguration(env)).toThrow("docs/deploy.md");
  });
});

test("lifetimes are handed on as they are, and nothing else is", () => {
  const env = { CACHE_PROBLEM_LIST_TTL: "30", CACHE_EMPTY_TTL: "", CACHE_TTL: "5", PATH: "/bin" };
  expect(readTtls(env)).toEqual({ CACHE_PROBLEM_LIST_TTL: "30" });
});
