import http from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, expect, test, vi } from "vitest";
import { cacheFetch } from "@algoitny/cache/http";
import { sendResponse, toListener } from "@algoitny/cache/node";
import { readingOf } from "../../support/http.ts";
import { world } from "./conformance/http-subject.ts";

const servers: http.Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a router that Express has mounted under two paths has entries for each", async () => {
  const { cache } = world();
  const handler = cacheFetch({ cache, name: "page", ttl: "1 minute" })(
    async (request) => new Response(new URL(request.url).pathname),
  );
  const router = express.Router().get("/list", toListener(handler));
  const origin = await serve(express().use("/a", router).use("/b", router));
  const texts = await Promise.all(
    ["/a/list", "/b/list"].map(async (path) => (await fetch(origin + path)).text()),
  );
  expect(texts).toEqual(["/a/list", "/b/list"]);
});

test("a Vary that a middleware has set stays beside the answer's own", async () => {
  const { cache } = world();
  const cached = toListener(
    cacheFetch({ cache, name: "page", ttl: "1 minute" })(async () => new Response("text")),
  );
  const reading = await readingOf([]);
  const origin = await serve((request, response) => {
    response.setHeader("vary", "Origin");
    const isRead = request.url === "/read";
    void (isRead ? sendResponse(request, response, reading) : cached(request, response));
  });
  for (const path of ["/read", "/cached"])
    expect((await fetch(origin + path)).headers.get("vary")).toBe("Origin, Accept-Encoding");
});

test("a handler that throws is a 500 without a framework, and the listener rejects with its error", async () => {
  const failure = new Error("no database");
  const listener = toListener(() => Promise.reject(failure));
  const caught = vi.fn<(error: unknown) => void>();
  const origin = await serve((request, response) => {
    listener(request, response).catch(caught);
  });
  const asked = fetch(origin, { signal: AbortSignal.timeout(2_000) });
  const answered = asked.then(async (response) => [response.status, await response.text()], String);
  expect(await answered).toEqual([500, ""]);
  expect(caught).toHaveBeenCalledWith(failure);
});

test("a handler's error goes to Express where there is Express", async () => {
  const app = express().get(
    "/",
    toListener(() => Promise.reject(new Error("no database"))),
  );
  app.use(((error: Error, _request, response, _next) => {
    response.status(503).send(error.message);
  }) as express.ErrorRequestHandler);
  const response = await fetch(await serve(app));
  expect([response.status, await response.text()]).toEqual([503, "no database"]);
});

test("a body that breaks off ends the connection: what has come is not taken for the whole", async () => {
  const listener = toListener(() => {
    let step = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        if (step++ === 0) controller.enqueue(new TextEncoder().encode("half"));
        else controller.error(new Error("broken"));
      },
    });
    return new Response(body);
  });
  const origin = await serve((request, response) => {
    listener(request, response).catch(() => undefined);
  });
  const text = await fetch(origin)
    .then((response) => response.text(), String)
    .catch(String);
  expect(text).not.toBe("half");
});
