import { expect, test } from "vitest";
import { cachedHandlers, eventOf } from "../../support/http.ts";

/** A request that the gateway's authorizer accepted by other means than an Authorization header. */
const authorized = (sub: string) => eventOf("/me", { claims: { sub } });

test("a user known from the authorizer alone does not get another user's response", async () => {
  const users = ["ann", "bob"];
  const handler = cachedHandlers().wrap(() => ({ statusCode: 200, body: `of ${users.shift()}` }));
  expect((await handler(authorized("ann"), {})).body).toBe("of ann");
  const second = await handler(authorized("bob"), {});
  expect(second.body).toBe("of bob");
  expect(second.headers["cache-status"]).toBe("cache; fwd=bypass; detail=credentials");
});
