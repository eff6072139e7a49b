import http from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import type { CacheEntry } from "@algoitny/cache";
import { cacheFetch, principalOf, type ResponseOptions, toResponse } from "@algoitny/cache/http";
import { sendResponse, toListener } from "@algoitny/cache/node";
import {
  type Ask,
  type Client,
  type Handle,
  linesOf,
  type Options,
  type Subject,
} from "./http-subject.ts";

const ORIGIN = "http://api.example.com";
type Fetch = (request: Request) => Promise<Response>;
type Listen = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>;

/** A handler that takes a Request; a cookie identifies the user, as a session would. */
function fetchHandler({ users = false, ...options }: Options, handle: Handle): Fetch {
  const principal = (request: Request) =>
    /user=(\w*)/.exec(request.headers.get("cookie") ?? "")?.[1];
  return cacheFetch({ ...options, ...(users && { principal }) })(async (request) => {
    const { pathname, search } = new URL(request.url);
    const said = await handle({
      method: request.method,
      path: pathname,
      query: search.slice(1),
      headers: Object.fromEntries(request.headers),
      user: principalOf(request),
      body: await request.text(),
    });
    const headers = new Headers();
    for (const [name, value] of linesOf(said)) headers.append(name, value);
    const body = said.body as string | Uint8Array<ArrayBuffer> | null | undefined;
    return new Response(body ?? null, { status: said.status ?? 200, headers });
  });
}

function headersOf({ headers = [], user }: Ask): [string, string][] {
  const cookie: [string, string][] = user === undefined ? [] : [["cookie", `user=${user}`]];
  return [...headers.map(([name, value]): [string, string] => [name, value]), ...cookie];
}

/** A client of a function from Request to Response. */
function inProcess(run: (request: Request) => Response | Promise<Response>): Client {
  return async (ask) => {
    const { method = "GET", url = "/", body } = ask;
    const init = { method, headers: headersOf(ask), ...(body !== undefined && { body }) };
    const response = await run(new Request(`${ORIGIN}${url}`, init));
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body: bytes };
  };
}

/** A client of a server on loopback; paths, headers and bodies arrive unchanged. */
function overWire(port: number, agent: http.Agent): Client {
  return (ask) =>
    new Promise((resolve, reject) => {
      const { method = "GET", url = "/", body } = ask;
      const lines = [["host", "api.example.com"], ...headersOf(ask)].flat();
      if (body !== undefined) lines.push("content-length", String(Buffer.byteLength(body)));
      const request = http.request({ port, agent, method, path: url, headers: lines });
      request.once("error", reject);
      request.once("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          const headers = new Headers();
          const { rawHeaders } = response;
          for (let at = 0; at < rawHeaders.length; at += 2)
            headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
          resolve({ status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) });
        });
      });
      request.end(body);
    });
}

/** Serves one listener after the other from one server. */
function onServer(
  name: string,
  start: (listen: Listen) => Promise<http.Server>,
): Subject & Required<Pick<Subject, "wrapped" | "answered" | "close">> {
  let current: Listen | undefined;
  let client: Client | undefined;
  let server: http.Server | undefined;
  const agent = new http.Agent({ keepAlive: true });
  const serving = async (listen: Listen) => {
    current = listen;
    if (client) return client;
    server = await start(async (request, response) => current?.(request, response));
    const { port } = server.address() as AddressInfo;
    return (client = overWire(port, agent));
  };
  return {
    name,
    wrapped: async (options, handle) => serving(toListener(fetchHandler(options, handle))),
    answered: async (options: ResponseOptions, read: () => Promise<CacheEntry<unknown>>) =>
      serving(async (request, response) => sendResponse(request, response, await read(), options)),
    close: async () => {
      agent.destroy();
      await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    },
  };
}

async function listening(server: http.Server): Promise<http.Server> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Handlers from Request to Response: alone, and in Hono. */
export const FETCH_SUBJECTS: readonly Subject[] = [
  {
    name: "a function from Request to Response",
    wrapped: async (options, handle) => inProcess(fetchHandler(options, handle)),
    answered: async (options, read) =>
      inProcess(async (request) => toResponse(request, await read(), options)),
  },
  {
    name: "Hono",
    wrapped: async (options, handle) => {
      const handler = fetchHandler(options, handle);
      const app = new Hono().onError(() => new Response(null, { status: 500 }));
      app.all("*", (c) => handler(c.req.raw));
      return inProcess((request) => app.fetch(request));
    },
    answered: async (options, read) => {
      const app = new Hono().get("*", async (c) => toResponse(c.req.raw, await read(), options));
      return inProcess((request) => app.fetch(request));
    },
  },
];

export const NODE_SUBJECTS: readonly Subject[] = [
  onServer("node:http", (listen) =>
    listening(
      http.createServer((request, response) => {
        // The listener has answered 500 by then.
        listen(request, response).catch(() => undefined);
      }),
    ),
  ),
  onServer("Express", (listen) => {
    const router = express.Router();
    router.all("/{*path}", (request, response) => listen(request, response));
    const app = express().disable("x-powered-by").use(router);
    app.use(((_error, _request, response, _next) => {
      response.status(500).end();
    }) as express.ErrorRequestHandler);
    return listening(http.createServer(app));
  }),
  onServer("Fastify", async (listen) => {
    const app = fastify();
    // Only the handler may read the body.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => done(null));
    app.all("/*", async (request, reply) => {
      reply.hijack();
      await listen(request.raw, reply.raw);
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server;
  }),
];
