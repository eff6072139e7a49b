import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { once } from "node:events";
import { gatewayAnswer, type Answer } from "./gateway-answer.ts";
import { withCors, type CorsConfig } from "./gateway-cors.ts";
import { readBody } from "./gateway-request.ts";
import { createGateway, type GatewayConfig } from "./gateway.ts";

/** Largest head that is parsed, in bytes: up to it, a head over `MAX_HEAD_BYTES` still gets an answer with CORS headers. */
const READ_HEAD_BYTES = 65_536;

/**
 * Longer than Node's clients keep an idle connection, so that the server never closes one that they are about to reuse.
 */
const KEEP_ALIVE_MS = 65_000;

/** An answered request, for logs. */
export interface RequestRecord {
  method: string;
  /** Path and query as they were sent. */
  url: string;
  status: number;
  durationMs: number;
  /** The answer's headers, with lower-case names. */
  headers: Readonly<Record<string, string>>;
}

export interface BesideRequest {
  method: string;
  /** Path and query as they were sent. */
  url: string;
  /** Reads the body; rejects when it is longer than 64 KB. */
  body: () => Promise<string>;
}

/** Longest body of a request to a path outside the API, in bytes. */
const BESIDE_BODY_BYTES = 65_536;

export interface ApiGatewayOptions extends GatewayConfig {
  /** 0 means any free port. */
  port: number;
  cors: CorsConfig;
  /**
   * Is asked before the API, and answers requests to paths outside the API, without a log line; `undefined` passes the request
   * on to the API. It must not read the body of a request that it passes on.
   */
  beside?: (request: BesideRequest) => Answer | undefined | Promise<Answer | undefined>;
  onRequest?: (record: RequestRecord) => void;
}

export interface ApiGateway {
  url: string;
  close(): Promise<void>;
}

function send(response: ServerResponse, answer: Answer, withoutBody: boolean): void {
  const { status, headers, cookies, body } = answer;
  const bodiless = status === 204 || status === 304;
  // For HEAD a function may return no body, so the length of the body is unknown.
  const unknown = withoutBody && body.length === 0;
  response.writeHead(status, {
    ...headers,
    ...(cookies.length > 0 && { "set-cookie": [...cookies] }),
    ...(!(bodiless || unknown) && { "content-length": String(body.length) }),
  });
  response.end(bodiless || withoutBody ? undefined : body);
}

/**
 * Sends a 431 to a client whose head exceeds `READ_HEAD_BYTES`, and a 400 to one whose bytes are not HTTP. The answer has no
 * CORS headers, because the request's route and origin are unknown.
 */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const tooLarge = error.code === "HPE_HEADER_OVERFLOW";
  const status = tooLarge ? "431 Request Header Fields Too Large" : "400 Bad Request";
  const body = JSON.stringify({ message: status.slice(4) });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

async function textOf(message: IncomingMessage): Promise<string> {
  const bytes = await readBody(message, BESIDE_BODY_BYTES);
  if (!bytes) throw new Error(`the body has more than ${BESIDE_BODY_BYTES} bytes`);
  return bytes.toString();
}

/** Serves an HTTP API on 127.0.0.1. Rejects with the system's error (`EADDRINUSE`) when the port is taken. */
export async function startApiGateway(options: ApiGatewayOptions): Promise<ApiGateway> {
  const { cors, beside, onRequest } = options;
  // The end of the gateway drops the requests that are in progress: that they fail is no news.
  const onError = (target: string, error: unknown): void => {
    if (server.listening) options.onError?.(target, error);
  };
  const gateway = createGateway({ ...options, onError });

  function failed(error: unknown): Answer {
    onError("gateway", error);
    return gatewayAnswer(500, "Internal Server Error");
  }

  async function ofGateway(message: IncomingMessage): Promise<Answer> {
    const { origin, "access-control-request-method": requestedMethod } = message.headers;
    const request = { method: message.method ?? "GET", origin, requestedMethod };
    const answer = await gateway(message).catch(failed);
    return { ...answer, headers: withCors(cors, request, answer.headers) };
  }

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = performance.now();
    const { method = "GET", url = "/" } = message;
    const besides = await beside?.({ method, url, body: () => textOf(message) });
    if (besides) return send(response, besides, method === "HEAD");

    const answer = await ofGateway(message);
    if (response.destroyed) return; // the client went away
    send(response, answer, method === "HEAD");
    const durationMs = performance.now() - startedMs;
    onRequest?.({ method, url, status: answer.status, durationMs, headers: answer.headers });
  }

  /** No error of a single request may end the process: databases run in it. */
  function serveSafely(message: IncomingMessage, response: ServerResponse): void {
    response.on("error", () => {}); // the client went away while it was answered
    serve(message, response).catch((error: unknown) => {
      const answer = failed(error);
      if (response.headersSent) response.destroy();
      else send(response, answer, false);
    });
  }

  const server = createServer(
    { maxHeaderSize: READ_HEAD_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    serveSafely,
  );
  server.on("clientError", (error, socket) => refuse(error, socket));
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : options.port;

  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
