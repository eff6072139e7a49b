import { startApiGateway, type ApiGatewayOptions } from "@algoitny/local/api-gateway/start-gateway";
import {
  createIssuer,
  LOCAL_AUDIENCE,
  LOCAL_ISSUER,
  type Issuer,
} from "@algoitny/local/issuer/issuer";

export const ORIGIN = "https://app.example";

export const CORS = {
  origins: [ORIGIN, "https://other.example"],
  methods: ["GET", "POST"],
  headers: ["authorization", "content-type"],
  exposedHeaders: ["ETag"],
  maxAgeSeconds: 600,
};

/** One key for a whole test file: making one takes longer than a test. */
export const issuer: Issuer = await createIssuer();

/** A gateway on a free port, closed at the end of `await using`. */
export async function gateway(options: Partial<ApiGatewayOptions> = {}) {
  const started = await startApiGateway({
    port: 0,
    cors: CORS,
    authorizer: { issuer: LOCAL_ISSUER, audience: [LOCAL_AUDIENCE], keys: issuer.keys },
    routes: [{ key: "$default", target: "echo", authorized: false }],
    invoke: (_, event) => Promise.resolve(event),
    ...options,
  });
  return {
    url: started.url,
    get: (path: string, init?: RequestInit) => fetch(`${started.url}${path}`, init),
    [Symbol.asyncDispose]: () => started.close(),
  };
}
