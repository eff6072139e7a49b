/** An error answer, with the API's text. */
export class ApiFailure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Kept in memory only, until the sign-out or the end of the page. */
let token: string | undefined = takeFromAddress();

export const isSignedIn = (): boolean => token !== undefined;

export function signIn(given: string): void {
  token = given.trim();
}

export function signOut(): void {
  token = undefined;
  clearTimeout(renewal);
}

/** Answer of `/ops/token`. */
export interface SignedIn {
  token: string;
  expires_in: number;
  refresh_token?: string;
}

/** Time before a token's end at which it is renewed. */
const AHEAD_SECONDS = 60;

let renewal: ReturnType<typeof setTimeout> | undefined;

/** Uses a token, and renews it before its end if the issuer gave a refresh token. */
export function keepSignedIn(
  given: SignedIn,
  exchange: (given: object) => Promise<SignedIn>,
): void {
  const { token: signed, expires_in: seconds, refresh_token } = given;
  signIn(signed);
  const mine = token;
  clearTimeout(renewal);
  if (refresh_token === undefined) return;
  const renew = async () => {
    // If the issuer's answer has no refresh token, the previous one is used again.
    const next = { refresh_token, ...(await exchange({ refresh_token })) };
    // Does not replace a sign-in or sign-out that came meanwhile.
    if (token === mine) keepSignedIn(next, exchange);
  };
  // After a failure, requests are refused once the token has ended, which is shown.
  renewal = setTimeout(
    () => void renew().catch(() => {}),
    1_000 * Math.max(1, seconds - AHEAD_SECONDS),
  );
}

/** Uses `#token=…` of a link that the local cloud printed, and removes it from the address. */
function takeFromAddress(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return undefined;
  history.replaceState(null, "", location.pathname);
  return given;
}

/** Calls the API of this page's own origin. Rejects with an ApiFailure for an error answer. */
export async function call<Answer>(
  method: "GET" | "POST",
  path: string,
  body?: object,
): Promise<Answer> {
  const response = await fetch(`/api/ops/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as Answer;
  const { error = response.statusText } = answer as { error?: string };
  throw new ApiFailure(response.status, error);
}
