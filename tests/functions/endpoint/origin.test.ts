import { createOriginCheck } from "../../../packages/functions/src/endpoint/origin.ts";
import { describe, expect, test } from "vitest";

const SECRET = "0123456789abcdef0123456789abcdef";

describe("an API behind an edge", () => {
  const requireOrigin = createOriginCheck(SECRET);

  test("accepts requests with its secret", () => {
    expect(() => requireOrigin({ headers: { "x-origin-secret": SECRET } })).not.toThrow();
  });

  test.each([[{}], [{ "x-origin-secret": "" }], [{ "x-origin-secret": `${SECRET}0` }]])(
    "refuses %j, and names the address to use",
    (headers) => {
      expect(() => requireOrigin({ headers })).toThrow(
        expect.objectContaining({ status: 403, message: expect.stringContaining("own domain") }),
      );
    },
  );
});

test("an API without an edge accepts every request", () => {
  expect(() => createOriginCheck(undefined)({ headers: {} })).not.toThrow();
});
