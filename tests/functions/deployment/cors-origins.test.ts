import { readOrigins } from "@algoitny/functions/deployment/list-variables";
import { expect, test } from "vitest";

const read = (text: string | undefined) => readOrigins({ CORS_ORIGINS: text });

test("CORS_ORIGINS is a list of origins, and `none` an empty one", () => {
  const origins = ["http://localhost:5173", "https://app.example.com"];
  expect(read(origins.join(", "))).toEqual(origins);
  expect(read("none")).toEqual([]);
  expect(read("")).toBeUndefined();
});

test.each([
  [
    "http://localhost:5173/",
    "http://localhost:5173/ is not an origin: write http://localhost:5173",
  ],
  ["https://a.example/app", "https://a.example/app is not an origin: write https://a.example"],
  ["localhost:5173", "localhost:5173 is not an origin: write it as https://app.example.com"],
  ["a.example", "a.example is not an origin: write it as https://app.example.com"],
  ["*", "`*` is refused by browsers with credentials"],
  ["https://a.example,b", "b is not an origin"],
])("CORS_ORIGINS=%s is refused with an example", (text, message) => {
  expect(() => read(text)).toThrow(`CORS_ORIGINS: ${message}`);
});
