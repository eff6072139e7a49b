import { cached } from "@algoitny/functions/endpoint/answer";
import { describe, expect, test } from "vitest";
import { context, setup, thing } from "../support/test-endpoint.ts";
import { httpEvent } from "../support/http-events.ts";

describe("a client that has the answer", () => {
  test("is answered by one request to the store that returns no body", async () => {
    const replies: unknown[] = [];
    const { endpoint } = setup({
      wrap: (store) =>
        new Proxy(store, {
          get: (target, name) => {
            const value: unknown = Reflect.get(target, name);
            if (typeof value !== "function") return value;
            return async (...args: unknown[]) => {
              const reply: unknown = await Reflect.apply(value, target, args);
              if (name === "revalidate") replies.push(reply);
              return reply;
            };
          },
        }),
    });
    const handler = endpoint("GET /api/problems/", {}, async (_, call) =>
      cached(await call.read(thing, { id: "a" }), ""),
    );
    const headers = { "accept-encoding": "br" };
    const first = await handler(httpEvent({ headers }), context);
    const known = { ...headers, "if-none-match": String(first.headers?.["etag"]) };
    const second = await handler(httpEvent({ headers: known }), context);
    expect(second.statusCode).toBe(304);
    expect(second.headers?.["etag"]).toBe(first.headers?.["etag"]);
    expect(replies).toEqual([[expect.stringMatching(/^3\..{22}\n\n.*\n$/)]]);
  });

  test("gets the whole answer when it asks for another coding", async () => {
    const { endpoint } = setup();
    const handler = endpoint("GET /api/problems/", {}, async (_, call) =>
      cached(await call.read(thing, { id: "a" }), ""),
    );
    const first = await handler(httpEvent({ headers: { "accept-encoding": "br" } }), context);
    const known = {
      "accept-encoding": "identity",
      "if-none-match": String(first.headers?.["etag"]),
    };
    const second = await handler(httpEvent({ headers: known }), context);
    expect(second.statusCode).toBe(200);
    expect(JSON.parse(second.body ?? "")).toMatchObject({ id: "a" });
  });
});
