import type { IncomingMessage } from "node:http";
import { gatewayAnswer, MAX_RESULT_BYTES, toAnswer, type Answer } from "./gateway-answer.ts";
import { toEvent } from "./gateway-event.ts";
import { authorize, type JwtAuthorizerConfig } from "./jwt-authorizer.ts";
import {
  headBytes,
  MAX_BODY_BYTES,
  MAX_HEAD_BYTES,
  readBody,
  requestOf,
} from "./gateway-request.ts";
import { createRouteTable, decodePath, type GatewayRoute } from "./route-table.ts";
import { ACCOUNT_THROTTLE, createThrottle } from "./gateway-throttle.ts";

/** Longest time for a function, in ms; after that the answer is a 503. */
export const INTEGRATION_TIMEOUT_MS = 30_000;

export interface GatewayConfig {
  routes: readonly GatewayRoute[];
  authorizer: JwtAuthorizerConfig;
  /** Runs a route's target with a payload format 2.0 event; rejects with the function's error. */
  invoke: (target: string, event: ReturnType<typeof toEvent>) => Promise<unknown>;
  integrationTimeoutMs?: number;
  /** Called with every error that the client sees only as a 500. */
  onError?: (target: string, error: unknown) => void;
}

const TIMED_OUT = Symbol("timed out");

async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | typeof TIMED_OUT> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<typeof TIMED_OUT>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, TIMED_OUT);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** The answer to an OPTIONS that matches no route, not even `$default`: with CORS configured, AWS itself answers it. */
const automaticPreflight = (): Answer => ({
  status: 204,
  headers: {},
  cookies: [],
  body: Buffer.alloc(0),
});

/**
 * Answers requests as an API Gateway HTTP API with payload format 2.0 does, including its error bodies. The server adds the
 * CORS headers.
 */
export function createGateway(
  config: GatewayConfig,
): (message: IncomingMessage) => Promise<Answer> {
  const match = createRouteTable(config.routes);
  const passes = createThrottle(ACCOUNT_THROTTLE);
  const timeoutMs = config.integrationTimeoutMs ?? INTEGRATION_TIMEOUT_MS;

  async function run(target: string, event: ReturnType<typeof toEvent>): Promise<Answer> {
    if (Buffer.byteLength(JSON.stringify(event)) > MAX_RESULT_BYTES) {
      return gatewayAnswer(413, "Request Entity Too Large"); // Lambda accepts no larger event.
    }
    try {
      const result = await within(config.invoke(target, event), timeoutMs);
      return result === TIMED_OUT ? gatewayAnswer(503, "Service Unavailable") : toAnswer(result);
    } catch (error) {
      config.onError?.(target, error);
      return gatewayAnswer(500, "Internal Server Error");
    }
  }

  return async (message) => {
    if (headBytes(message) > MAX_HEAD_BYTES) {
      return gatewayAnswer(431, "Request Header Fields Too Large");
    }
    const request = requestOf(message);
    const path = decodePath(request.rawPath);
    if (!path) return gatewayAnswer(400, "Bad Request");
    const found = match(request.method, path);
    if (!found) {
      return request.method === "OPTIONS" ? automaticPreflight() : gatewayAnswer(404, "Not Found");
    }
    const { route } = found;
    if (!passes(route.key, route.throttle)) return gatewayAnswer(429, "Too Many Requests");

    const authorization = route.authorized
      ? await authorize(config.authorizer, message.headers.authorization)
      : { token: undefined };
    if ("refused" in authorization) {
      const { refused, wwwAuthenticate } = authorization;
      return gatewayAnswer(refused, "Unauthorized", {
        "www-authenticate": wwwAuthenticate,
      });
    }
    const body = await readBody(message, MAX_BODY_BYTES);
    if (!body) return gatewayAnswer(413, "Request Entity Too Large");
    return run(route.target, toEvent({ ...request, path, body }, found, authorization.token));
  };
}
