import { ok } from "@algoitny/functions/endpoint/answer";
import { createKeyId } from "@algoitny/functions/telemetry/key-id";
import { expect, test } from "vitest";
import { httpEvent } from "../support/http-events.ts";
import { context, setup, thing } from "../support/test-endpoint.ts";

const KEY = "user_stats:auth0%7C7";

test("the id of a key is short and constant, and differs under another secret", () => {
  const id = createKeyId("a secret")(KEY);
  expect(id).toMatch(/^[\w-]{8}$/);
  expect(createKeyId("a secret")(KEY)).toBe(id);
  expect(createKeyId("a secret")(`${KEY}1`)).not.toBe(id);
  expect(createKeyId("another")(KEY)).not.toBe(id);
});

test("a request's line contains the id of the key that it read beside its metrics, and not the key", async () => {
  const { endpoint, metrics } = setup();
  const read = endpoint("GET /api/history/", {}, async (_, { read: view }) => {
    await view(thing, { id: "7" });
    return ok({});
  });
  await read(httpEvent({}), context);
  expect(metrics[0]).toMatchObject({ key_id: "id of thing:id:7" });
  expect(JSON.stringify(metrics[0]?.["_aws"])).not.toContain("key_id");
});
