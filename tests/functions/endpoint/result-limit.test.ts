import { created, ok } from "@algoitny/functions/endpoint/answer";
import { describe, expect, test } from "vitest";
import { ADMIN, context, setup } from "../support/test-endpoint.ts";
import { httpEvent } from "../support/http-events.ts";

describe("an answer over Lambda's limit", () => {
  const answerOf = async (characters: number) => {
    const { endpoint } = setup();
    const handler = endpoint("GET /api/health/live/", {}, async () =>
      ok("\u0000".repeat(characters)),
    );
    return handler(httpEvent(), context);
  };

  test("is a 413 with a hint when it is over 6 MB", async () => {
    const { statusCode, body } = await answerOf(2_000_000);
    expect(statusCode).toBe(413);
    expect(JSON.parse(body ?? "")).toMatchObject({
      error: expect.stringContaining("6 MB"),
      status: 413,
    });
  });

  test("names a smaller request to make instead, when there is one", async () => {
    const { endpoint } = setup();
    const shape = { instead: "ask for pages instead, starting with `?page=1`" };
    const handler = endpoint("GET /api/health/live/", shape, async () =>
      ok("\u0000".repeat(2_000_000)),
    );
    const { statusCode, body } = await handler(httpEvent(), context);
    expect(statusCode).toBe(413);
    expect(body).toContain("?page=1");
  });

  test("to a write keeps its status and names the address to read: a repetition would count twice", async () => {
    const { endpoint } = setup();
    const long = "\u0000".repeat(2_000_000);
    const event = (method: string) =>
      httpEvent({ method, path: "/api/problems/7/", claims: ADMIN });
    const create = endpoint("POST /api/problems/", {}, async () =>
      created(long, "/api/problems/8/"),
    );
    const change = endpoint("PATCH /api/problems/{id}/", {}, async () => ok(long));
    const answers = [await create(event("POST"), context), await change(event("PATCH"), context)];
    const shown = answers.map(({ statusCode, headers }) => [statusCode, headers?.["location"]]);
    expect(shown).toEqual([
      [201, "/api/problems/8/"],
      [200, "/api/problems/7/"],
    ]);
    for (const { body } of answers)
      expect(JSON.parse(body ?? "")).toEqual({ message: expect.stringContaining("6 MB") });
  });

  test("to a write names that address in a header, encoded if the path needs it", async () => {
    const { endpoint } = setup();
    const change = endpoint("PATCH /api/problems/{id}/", {}, async () =>
      ok("\u0000".repeat(2_000_000)),
    );
    const event = httpEvent({ method: "PATCH", path: "/api/problems/가\r\n/", claims: ADMIN });
    const { statusCode, headers } = await change(event, context);
    expect([statusCode, headers?.["location"]]).toEqual([200, "/api/problems/%EA%B0%80%0D%0A/"]);
  });

  test("to a write is sent when compression makes it small enough", async () => {
    const { endpoint } = setup();
    const handler = endpoint("POST /api/problems/", {}, async () =>
      created("\u0000".repeat(2_000_000), "/api/problems/8/"),
    );
    const headers = { "accept-encoding": "br" };
    const event = httpEvent({ method: "POST", headers, claims: ADMIN });
    expect(await handler(event, context)).toMatchObject({ statusCode: 201, isBase64Encoded: true });
  });

  test("is measured as Lambda measures it, with the escapes of the result's JSON", async () => {
    // Six bytes per character in the body, seven in the result's JSON.
    expect((await answerOf(900_000)).statusCode).toBe(413);
    expect((await answerOf(880_000)).statusCode).toBe(200);
  });
});
