import { startRuntime } from "@algoitny/local/invoke";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpEvent } from "../support/http-events.ts";

const SECRET = "the-secret-of-the-edge";

const link = (value: object) => JSON.stringify(value);

/** Functions that are linked to an edge. */
let runtime: ReturnType<typeof startRuntime>;

beforeAll(() => {
  runtime = startRuntime({
    watched: [],
    env: {
      SST_RESOURCE_App: link({ name: "algoitny", stage: "edge" }),
      SST_RESOURCE_Redis: link({ url: "http://127.0.0.1:9", token: "none" }),
      SST_RESOURCE_Auth: link({
        issuer: "https://issuer.example.com",
        audience: "api",
        jwksUri: "https://issuer.example.com/keys",
        adminEmails: [],
        adminClaim: "is_admin",
      }),
      SST_RESOURCE_Edge: link({ secret: SECRET }),
    },
  });
});
afterAll(() => runtime.close());

test.each([
  [403, {}],
  [403, { "x-origin-secret": "another" }],
  [400, { "x-origin-secret": SECRET }],
])("a function linked to an edge answers %i to the headers %j", async (status, headers) => {
  const event = httpEvent({ query: "page=none", headers });
  expect(await runtime.invoke("http/list-problems", event)).toMatchObject({ statusCode: status });
});

test.each([
  [403, {}],
  [200, { "x-origin-secret": SECRET }],
])(
  "the sign-in of operators behind an edge answers %i to the headers %j",
  async (status, headers) => {
    const event = httpEvent({ path: "/ops/config.json", headers });
    expect(await runtime.invoke("http/ops-sign-in", event)).toMatchObject({ statusCode: status });
  },
);
