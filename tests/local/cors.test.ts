import { corsOrigins, LOCAL_ORIGINS } from "@algoitny/local/api";
import { expect, test } from "vitest";
import { gateway, ORIGIN } from "./gateway-support.ts";

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

test.each(["/known", "/no/such/path", "/", "/%zz"])(
  "a preflight of %s is a 204 without any function or token",
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

test("a preflight from another origin is a 204 that allows nothing", async () => {
  await using api = await gateway();
  const response = await api.get("/", preflight("https://evil.example"));
  expect(response.status).toBe(204);
  expect(corsHeaders(response)).toEqual({});
});

test("an OPTIONS that is no preflight is a 204 too", async () => {
  await using api = await gateway();
  const response = await api.get("/", { method: "OPTIONS" });
  expect(response.status).toBe(204);
  expect(corsHeaders(response)).toEqual({});
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

test("the gateway's own errors carry CORS headers", async () => {
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

test("origins are those of CORS_ORIGINS, else where front ends usually run", () => {
  expect(corsOrigins({})).toBe(LOCAL_ORIGINS);
  expect(corsOrigins({ CORS_ORIGINS: "" })).toBe(LOCAL_ORIGINS);
  const two = "https://app.example.com, http://localhost:4200";
  expect(corsOrigins({ CORS_ORIGINS: two })).toEqual(two.split(", "));
  expect(corsOrigins({ CORS_ORIGINS: "none" })).toEqual([]);
  expect(() => corsOrigins({ CORS_ORIGINS: "*" })).toThrow("CORS_ORIGINS: name the origins");
});
