import { corsOrigins, LOCAL_ORIGINS } from "@algoitny/local/local-api";
import { expect, test } from "vitest";
import { gateway, ORIGIN } from "./support/test-gateway.ts";

const preflight = (origin: string) => ({
  method: "OPTIONS",
  headers: {
    origin,
    "access-control-request-method": "PUT",
    "access-control-request-headers": "authorization",
  },
});

const corsHeaders = (response: Response) =>
  Object.fromEntries([...response.headers].filter(([name]) => name.startsWith("access-control-")));

test.each(["/known", "/no/such/path", "/"])(
  "a preflight of %s that matches no route is a 204 without any function or token",
  async (path) => {
    await using api = await gateway({
      routes: [{ key: "PUT /known", target: "x", authorized: true }],
      invoke: () => Promise.reject(new Error("must not run")),
    });
    const response = await api.get(path, preflight(ORIGIN));
    expect(response.status).toBe(204);
    expect(corsHeaders(response)).toEqual({
      "access-control-allow-origin": ORIGIN,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "authorization,content-type",
      "access-control-expose-headers": "ETag",
      "access-control-max-age": "600",
    });
    expect(response.headers.get("vary")).toBe("Origin");
    expect(await response.text()).toBe("");
  },
);

/** As API Gateway documents it: a catch-all route takes OPTIONS too, CORS configured or not. */
const echoed = { statusCode: 204, headers: { "x-ran": "yes", "access-control-max-age": "1" } };

test.each(["$default", "ANY /{proxy+}", "OPTIONS /{proxy+}", "OPTIONS /known"])(
  "a preflight that matches the route %s runs its function and gets the gateway's CORS headers",
  async (key) => {
    await using api = await gateway({
      routes: [{ key, target: "x", authorized: false }],
      invoke: () => Promise.resolve(echoed),
    });
    const response = await api.get("/known", preflight(ORIGIN));
    expect(response.status).toBe(204);
    expect(response.headers.get("x-ran")).toBe("yes");
    expect(corsHeaders(response)).toMatchObject({
      "access-control-allow-origin": ORIGIN,
      "access-control-allow-methods": "GET,POST",
      "access-control-max-age": "600",
    });
  },
);

test("a preflight gets the status of the catch-all's function: after a 404 browsers do not send the request", async () => {
  await using api = await gateway({ invoke: () => Promise.resolve({ statusCode: 404 }) });
  expect((await api.get("/known", preflight(ORIGIN))).status).toBe(404);
});

test("a route for OPTIONS takes precedence over $default, with its own throttle", async () => {
  const throttle = { ratePerSecond: 0.001, burst: 1 };
  await using api = await gateway({
    routes: [
      { key: "$default", target: "default", authorized: false, throttle },
      { key: "OPTIONS /{proxy+}", target: "preflight", authorized: false },
    ],
    invoke: (target) => Promise.resolve({ statusCode: 200, headers: { "x-ran": target } }),
  });
  for (const _ of [1, 2]) {
    const response = await api.get("/known", preflight(ORIGIN));
    expect([response.status, response.headers.get("x-ran")]).toEqual([200, "preflight"]);
  }
  const root = await api.get("/", preflight(ORIGIN)); // a greedy segment needs a character
  expect(root.headers.get("x-ran")).toBe("default");
});

test("a catch-all behind an authorizer refuses preflights", async () => {
  await using api = await gateway({
    routes: [{ key: "$default", target: "x", authorized: true }],
  });
  expect((await api.get("/known", preflight(ORIGIN))).status).toBe(401);
});

test("a preflight from another origin is a 204 that allows nothing", async () => {
  await using api = await gateway({ routes: [] });
  const response = await api.get("/", preflight("https://evil.example"));
  expect(response.status).toBe(204);
  expect(corsHeaders(response)).toEqual({});
});

test("an OPTIONS that is not a preflight is a 204 too", async () => {
  await using api = await gateway({ routes: [] });
  const response = await api.get("/", { method: "OPTIONS", headers: { origin: ORIGIN } });
  expect(response.status).toBe(204);
  expect(corsHeaders(response)).toEqual({});
});

test("a preflight whose path cannot be decoded is a 400", async () => {
  await using api = await gateway();
  expect((await api.get("/%zz", preflight(ORIGIN))).status).toBe(400);
});

const OWN = {
  "access-control-allow-origin": ORIGIN,
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "ETag",
};

test("a function's CORS headers are replaced by the gateway's, its Vary is kept", async () => {
  await using api = await gateway({
    invoke: () =>
      Promise.resolve({
        statusCode: 200,
        headers: {
          "Access-Control-Allow-Origin": "*",
          "access-control-allow-methods": "TRACE",
          Vary: "Accept-Encoding",
        },
      }),
  });
  const response = await api.get("/", { headers: { origin: ORIGIN } });
  expect(corsHeaders(response)).toEqual(OWN);
  expect(response.headers.get("vary")).toBe("Accept-Encoding, Origin");
});

test("a request without an origin, or from another one, is answered without CORS headers", async () => {
  await using api = await gateway();
  for (const headers of [{}, { origin: "https://evil.example" }]) {
    const response = await api.get("/", { headers });
    expect(response.status).toBe(200);
    expect(corsHeaders(response)).toEqual({});
  }
});

test("the gateway's own errors have CORS headers", async () => {
  await using api = await gateway({
    routes: [
      { key: "GET /private", target: "x", authorized: true },
      { key: "GET /broken", target: "x", authorized: false },
      { key: "POST /upload", target: "x", authorized: false },
    ],
    invoke: () => Promise.reject(new Error("broken")),
  });
  const headers = { origin: ORIGIN };
  const responses = await Promise.all([
    api.get("/private", { headers }),
    api.get("/broken", { headers }),
    api.get("/unknown", { headers }),
    api.get("/%zz", { headers }),
    api.get("/broken", { headers: { ...headers, "x-long": "a".repeat(11_000) } }),
    api.get("/upload", { method: "POST", headers, body: "a".repeat(10 * 1024 * 1024 + 1) }),
  ]);
  expect(responses.map(({ status }) => status)).toEqual([401, 500, 404, 400, 431, 413]);
  for (const response of responses) expect(corsHeaders(response)).toEqual(OWN);
});

test("origins are those of CORS_ORIGINS, or the usual ones of local front ends", () => {
  expect(corsOrigins({})).toBe(LOCAL_ORIGINS);
  expect(corsOrigins({ CORS_ORIGINS: "" })).toBe(LOCAL_ORIGINS);
  const two = "https://app.example.com, http://localhost:4200";
  expect(corsOrigins({ CORS_ORIGINS: two })).toEqual(two.split(", "));
  expect(corsOrigins({ CORS_ORIGINS: "none" })).toEqual([]);
  expect(() => corsOrigins({ CORS_ORIGINS: "*" })).toThrow(
    "CORS_ORIGINS: `*` is refused by browsers",
  );
});
