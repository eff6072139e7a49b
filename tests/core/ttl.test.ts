import { readTtls } from "@algoitny/core/ttl";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

test("lifetimes are the contract's unless environment variables change them", () => {
  expect(readTtls({})).toMatchObject({
    PROBLEM_LIST: "300 seconds",
    SEARCH_HISTORY: "120 seconds",
  });
  expect(readTtls({ CACHE_PROBLEM_LIST_TTL: "5", CACHE_SHORT_TTL: "" })).toMatchObject({
    PROBLEM_LIST: "5 seconds",
    SHORT: "60 seconds",
  });
});

test("a class whose variable is not set takes the lifetime of the class that it follows", () => {
  expect(readTtls({ CACHE_MEDIUM_TTL: "20", CACHE_PROBLEM_LIST_TTL: "5" })).toMatchObject({
    MEDIUM: "20 seconds",
    PROBLEM_LIST: "5 seconds",
    PROBLEM_REGISTERED: "20 seconds",
  });
});

/** Lifetimes of every view in a process with this environment. */
async function lifetimesWith(env: Record<string, string>) {
  vi.resetModules();
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const { views } = await import("@algoitny/core/views");
  return views.map(({ name, freshMs, staleIfErrorMs }) => ({ name, freshMs, staleIfErrorMs }));
}

test.each(Object.keys(readTtls({})))(
  "the variable of the class %s changes the lifetime of some view",
  async (name) => {
    const usual = await lifetimesWith({});
    expect(await lifetimesWith({ [`CACHE_${name}_TTL`]: "86400" })).not.toEqual(usual);
  },
);

test("a LONG lifetime below a minute, for which stale entries are served, counts as a minute", async () => {
  const lifetimes = await lifetimesWith({ CACHE_LONG_TTL: "1" });
  expect(new Set(lifetimes.map(({ staleIfErrorMs }) => staleIfErrorMs))).toEqual(new Set([60_000]));
});

test.each(["0", "-1", "5m", "1.5", "1e3", " 5", "86401"])(
  "a lifetime of %j is refused with its variable's name",
  (text) => {
    expect(() => readTtls({ CACHE_USER_STATS_TTL: text })).toThrow(
      `CACHE_USER_STATS_TTL=${text} is not a lifetime: write whole seconds from 1 to 86400, or leave it out`,
    );
  },
);
