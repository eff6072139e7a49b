import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import * as z from "zod";
import type { ApiClient } from "../api-client.ts";

/**
 * A fixed port, because issuers compare the redirect address exactly with the registered one. They accept plain http
 * for localhost.
 */
const PORT = 8_765;

/** Longest wait for the person. */
export const LONGEST_MINUTES = 5;

const Config = z.object({
  /** As SST accepts it: it becomes a name in a file, and is printed. */
  stage: z.string().regex(/^[a-z0-9][a-z0-9-]*$/i, "no name of a stage"),
  client_id: z.string().nullable(),
  authorization_endpoint: z.url().nullable(),
  scope: z.string(),
  audience: z.string().nullable(),
});

const SignedIn = z.object({
  token: z.string(),
  expires_in: z.number(),
  refresh_token: z.string().optional(),
});
export type SignedIn = z.output<typeof SignedIn>;

/** Exchanges a code or a refresh token through the stage, like the dashboard: only the stage knows the token endpoint. */
export async function exchange(api: Pick<ApiClient, "call">, given: object): Promise<SignedIn> {
  return SignedIn.parse(await api.call("POST", "/ops/token", given));
}

export type SignInConfig = z.output<typeof Config>;

/** Reads how people sign in to a stage. */
export async function readSignInConfig(api: Pick<ApiClient, "call">): Promise<SignInConfig> {
  return Config.parse(await api.call("GET", "/ops/config.json"));
}

/**
 * Signs a person in with the stage's issuer, by authorization code and PKCE (RFC 7636, RFC 8252). `browse` opens the
 * issuer's page, which redirects the browser to `port` on this machine. The issuer's client must know the port; 0 uses
 * any free one. Rejects if the stage has no sign-in, and after `LONGEST_MINUTES`.
 */
export async function signInByCode(
  api: Pick<ApiClient, "call">,
  config: SignInConfig,
  browse: (url: string) => void,
  port: number = PORT,
): Promise<SignedIn> {
  const { client_id: clientId, authorization_endpoint: endpoint } = config;
  if (clientId === null || endpoint === null)
    throw new Error("this stage has no sign-in for operators: give a token in OPS_TOKEN");
  const [state, verifier] = [random(), random()];
  const pageFor = (redirectUri: string) => {
    const url = new URL(endpoint);
    const asked = { ...fixed, redirect_uri: redirectUri };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return url.href;
  };
  const fixed = {
    response_type: "code",
    client_id: clientId,
    scope: config.scope,
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...(config.audience !== null && { audience: config.audience }),
  };
  const { code, redirectUri } = await codeFrom(state, port, (uri) => browse(pageFor(uri)));
  return exchange(api, { code, code_verifier: verifier, redirect_uri: redirectUri });
}

const random = () => randomBytes(32).toString("base64url");

/** Waits on a port for the redirect from the issuer. */
async function codeFrom(
  state: string,
  port: number,
  onReady: (redirectUri: string) => void,
): Promise<{ code: string; redirectUri: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const server = createServer((request, response) => {
    const sent = new URL(request.url ?? "/", "http://localhost").searchParams;
    const isOurs = sent.get("state") === state;
    const [code, error] = [sent.get("code"), sent.get("error")];
    response.writeHead(isOurs ? 200 : 400, { "content-type": "text/plain", connection: "close" });
    response.end(
      isOurs
        ? "Back to the terminal: this tab may be closed."
        : "This is not the sign-in that the command waits for.",
    );
    if (!isOurs) return;
    if (code === null) reject(new Error(`the issuer says: ${error ?? "no code"}`));
    else resolve(code);
  });
  server.once("error", (cause) =>
    reject(
      new Error(
        `port ${port} of localhost is needed for the answer: end the program that uses it`,
        { cause },
      ),
    ),
  );
  let redirectUri = "";
  server.listen(port, "localhost", () => {
    const address = server.address();
    redirectUri = `http://localhost:${typeof address === "object" ? address?.port : port}/`;
    onReady(redirectUri);
  });
  const timer = setTimeout(
    () => reject(new Error(`no sign-in within ${LONGEST_MINUTES} minutes`)),
    LONGEST_MINUTES * 60_000,
  );
  try {
    return { code: await promise, redirectUri };
  } finally {
    clearTimeout(timer);
    server.close();
  }
}
