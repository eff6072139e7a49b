import * as z from "zod";
import { badRequest, HttpError, unavailable } from "../endpoint/http-error.ts";
import type { SignInLink } from "../links.ts";
import type { IssuerEndpoints } from "./issuer-endpoints.ts";

const TIMEOUT_MS = 5_000;

/** Longest body of a request. */
const MOST_CHARACTERS = 4_096;

/** A sign-in code with the verifier of its challenge (RFC 7636), or a refresh token. */
const TokenRequest = z.union(
  [
    z.strictObject({ code: z.string(), code_verifier: z.string(), redirect_uri: z.url() }),
    z.strictObject({ refresh_token: z.string() }),
  ],
  "send `code`, `code_verifier` and `redirect_uri`, or `refresh_token`",
);

export type TokenRequest = z.output<typeof TokenRequest>;

/** Tokens as an issuer sends them (RFC 6749, 5.1). */
const Granted = z.object({
  access_token: z.string().optional(),
  id_token: z.string().optional(),
  refresh_token: z.string().optional(),
  expires_in: z.number().optional(),
});

/** Token for the API, its lifetime in seconds, and the refresh token if the issuer gives one. */
export interface SignedIn {
  token: string;
  expires_in: number;
  refresh_token?: string;
}

/** Assumed lifetime of a token whose issuer names none. */
const HOUR_SECONDS = 3_600;

/** Reads the body of a token request; throws a 400 for an invalid one, and a 413 for one that is too long. */
export function readTokenRequest(body = ""): TokenRequest {
  if (body.length > MOST_CHARACTERS)
    throw new HttpError(413, `write at most ${MOST_CHARACTERS} characters`);
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch {
    throw badRequest([{ path: "body", message: "write JSON" }]);
  }
  const { data, error } = TokenRequest.safeParse(given);
  if (!data) throw badRequest(error.issues.map(({ message }) => ({ path: "body", message })));
  return data;
}

/**
 * Exchanges a code, or renews a token, at the issuer's token endpoint, which the request cannot choose. The client has no
 * secret: a code is useless without its verifier. Throws a 401 if the issuer gives no token, and a 503 if it does not
 * answer or answers 500 or above.
 */
export async function exchangeCode(
  given: TokenRequest,
  { clientId, token: tokenKind }: SignInLink,
  { token_endpoint: endpoint }: IssuerEndpoints,
  send: typeof fetch = fetch,
): Promise<SignedIn> {
  const grant_type = "code" in given ? "authorization_code" : "refresh_token";
  const body = new URLSearchParams({ grant_type, client_id: clientId, ...given });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await send(endpoint, {
    method: "POST",
    body,
    redirect: "manual",
    signal,
  }).catch((error: unknown) => {
    throw unavailable("the token issuer does not answer; try again in a moment", error);
  });
  if (response.status >= 500)
    throw unavailable(`the token issuer answers ${response.status}`, undefined);
  const granted = Granted.safeParse(await response.json().catch(() => ({}))).data;
  const token = granted?.[tokenKind];
  if (response.status !== 200 || token === undefined)
    throw new HttpError(
      401,
      "the issuer gave no token for the code or refresh token: sign in again",
    );
  return {
    token,
    expires_in: granted?.expires_in ?? HOUR_SECONDS,
    ...(granted?.refresh_token !== undefined && { refresh_token: granted.refresh_token }),
  };
}
