import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, describe, expect, test, vi } from "vitest";
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

test("the answer's Vary is added to one that a middleware has set", async () => {
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

test("without a framework a handler that throws is a 500, and the listener rejects with its error", async () => {
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

test("under Express a handler's error is passed to Express", async () => {
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

test("a body that breaks off ends the connection, so that the client does not take it for complete", async () => {
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

describe("a client that hangs up", () => {
  /** Sends a part of a POST, hangs up once the handler runs, and returns the listener's outcome. */
  async function hangUp(handler: (request: Request, gone: Promise<unknown>) => Promise<Response>) {
    const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
    const origin = await serve((request, response) => {
      const gone = once(response, "close");
      const listener = toListener((asked) => {
        client.destroy();
        return handler(asked, gone);
      });
      listener(request, response).then(() => end("settled"), end);
    });
    const client = http.request(origin, { method: "POST" });
    client.on("error", () => undefined);
    client.write("a part");
    return ended;
  }

  test("before its answer causes no error, and the answer's body is cancelled", async () => {
    const cancel = vi.fn<() => void>();
    const ended = await hangUp(async (_request, gone) => {
      await gone;
      return new Response(new ReadableStream({ cancel }));
    });
    expect(ended).toBe("settled");
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test("during its answer causes no error, and the answer's body is cancelled", async () => {
    const cancel = vi.fn<() => void>();
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(new Uint8Array(1_000)),
      cancel,
    });
    expect(await hangUp(async () => new Response(body))).toBe("settled");
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test("during its own request causes no error", async () => {
    expect(await hangUp(async (request) => new Response(await request.text()))).toBe("settled");
  });

  test("aborts the request's signal, and the handler's AbortError is no failure", async () => {
    const ended = await hangUp(async ({ signal }, gone) => {
      await gone;
      signal.throwIfAborted();
      return new Response("text");
    });
    expect(ended).toBe("settled");
  });

  test("hides no other error of the handler, such as a database's lost connection", async () => {
    const failure = Object.assign(new Error("no database"), { code: "ECONNRESET" });
    const ended = await hangUp(async (_request, gone) => {
      await gone;
      throw failure;
    });
    expect(ended).toBe(failure);
  });
});
