import { createServer } from "node:http";
import type { HttpEvent } from "@algoitny/functions/endpoint/http-event";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

export interface EventParts {
  method?: string;
  path?: string;
  query?: string;
  pathParameters?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
  base64?: boolean;
  /** Claims in the form in which the gateway's authorizer passes them on. */
  claims?: Record<string, unknown>;
}

/** A minimal API Gateway v2 event, with the fields that a test sets. */
export function httpEvent(parts: EventParts = {}): HttpEvent {
  const { method = "GET", path = "/api/problems/", query = "", headers = {}, claims } = parts;
  return {
    version: "2.0",
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: query,
    headers,
    ...(parts.pathParameters && { pathParameters: parts.pathParameters }),
    ...(parts.body !== undefined && { body: parts.body }),
    isBase64Encoded: parts.base64 ?? false,
    requestContext: {
      accountId: "000000000000",
      apiId: "test",
      domainName: "localhost",
      domainPrefix: "localhost",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "test" },
      requestId: "request",
      routeKey: `${method} ${path}`,
      stage: "$default",
      time: "07/Oct/2025:00:00:00 +0000",
      timeEpoch: 1_759_795_200_000,
      ...(claims && { authorizer: { jwt: { claims } } }),
    },
  };
}

export interface TestIssuer extends AsyncDisposable {
  issuer: string;
  jwksUri: string;
  requests: () => number;
  /** Signs valid claims with the changes of a test. */
  sign(
    claims: Record<string, unknown>,
    options?: { kid?: string | undefined; expiresIn?: string | number; issuedAt?: string },
  ): Promise<string>;
}

/** An OIDC issuer on an ephemeral port: it serves its key set and signs tokens. */
export async function startIssuer(): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" };
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the issuer has no port");
  const issuer = `http://127.0.0.1:${address.port}`;
  return {
    issuer,
    jwksUri: `${issuer}/jwks.json`,
    requests: () => requests,
    sign: (claims, options = {}) => {
      const { kid, expiresIn = "5 minutes", issuedAt } = { kid: "one", ...options };
      return new SignJWT({ iss: issuer, aud: "algoitny", sub: "user-1", ...claims })
        .setProtectedHeader({ alg: "RS256", ...(kid !== undefined && { kid }) })
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresIn)
        .sign(privateKey);
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
