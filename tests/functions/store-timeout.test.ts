import { readStoreTimeout } from "@algoitny/functions/store-timeout";
import { expect, test } from "vitest";

test("a request waits half a second for Redis unless the environment says otherwise", () => {
  expect(readStoreTimeout({})).toBe("500 milliseconds");
  expect(readStoreTimeout({ CACHE_STORE_TIMEOUT_MS: "" })).toBe("500 milliseconds");
  expect(readStoreTimeout({ CACHE_STORE_TIMEOUT_MS: "2000" })).toBe("2000 milliseconds");
});

test.each(["0", "-1", "2s", "0.5", "5001"])("a time of %j is refused", (text) => {
  expect(() => readStoreTimeout({ CACHE_STORE_TIMEOUT_MS: text })).toThrow(
    `CACHE_STORE_TIMEOUT_MS=${text}: write whole milliseconds from 1 to 5000, or leave it out`,
  );
});
