import { useEffect, useState } from "preact/hooks";
import { keepSignedIn, signIn, type SignedIn } from "./api.ts";

/** Sign-in of the stage: `/ops/config.json`. */
interface Config {
  issuer: string;
  client_id: string | null;
  authorization_endpoint: string | null;
  scope: string;
  audience: string | null;
}

/** State that is needed when the issuer redirects back; the tab keeps it until then. */
interface Pending {
  state: string;
  verifier: string;
  hash: string;
}

const PENDING = "sign-in";

const redirectUri = () => `${location.origin}/ops/`;

const base64Url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const random = () => base64Url(crypto.getRandomValues(new Uint8Array(32)));

/** Sends the operator to the issuer (authorization code with PKCE, RFC 7636). */
async function leaveForIssuer(config: Config): Promise<void> {
  const pending: Pending = { state: random(), verifier: random(), hash: location.hash };
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier));
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const url = new URL(config.authorization_endpoint ?? "");
  const asked = {
    response_type: "code",
    client_id: config.client_id ?? "",
    redirect_uri: redirectUri(),
    scope: config.scope,
    state: pending.state,
    code_challenge: base64Url(new Uint8Array(digest)),
    code_challenge_method: "S256",
    ...(config.audience !== null && { audience: config.audience }),
  };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  location.assign(url);
}

/** Exchanges the code in the page's address for a token. Returns undefined without a code; rejects with the issuer's error. */
export async function finishSignIn(): Promise<SignedIn | undefined> {
  const sent = new URLSearchParams(location.search);
  const [code, error] = [sent.get("code"), sent.get("error")];
  if (code === null && error === null) return undefined;
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "{}") as Partial<Pending>;
  sessionStorage.removeItem(PENDING);
  history.replaceState(null, "", location.pathname + (pending.hash ?? ""));
  // An answer to another page's request must not sign an operator in (cross-site request forgery).
  if (pending.verifier === undefined || sent.get("state") !== pending.state)
    throw new Error("the sign-in was started in another tab: sign in again");
  if (error !== null)
    throw new Error(`${error}: ${sent.get("error_description") ?? "sign in again"}`);
  const given = { code, code_verifier: pending.verifier, redirect_uri: redirectUri() };
  return exchange(given);
}

/** Asks this page's own origin for a token: the page's Content-Security-Policy allows no other origin. */
export async function exchange(given: object): Promise<SignedIn> {
  const response = await fetch("/ops/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(given),
  });
  const answer = (await response.json().catch(() => ({}))) as SignedIn & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

const REFUSED =
  "The API refused the token: it has expired, or is not of this stage. Sign in again, or paste a new token of the stage's issuer.";

/** Asks for a token: by a sign-in at the issuer if the stage has one, or pasted. */
export function SignIn({
  wasRefused,
  onSignedIn,
}: {
  /** The API has just refused the token that the page had. */
  wasRefused: boolean;
  onSignedIn: () => void;
}) {
  const [given, setGiven] = useState("");
  const [config, setConfig] = useState<Config>();
  const [problem, setProblem] = useState(wasRefused ? REFUSED : undefined);

  useEffect(() => {
    const words = (error: unknown) => (error instanceof Error ? error.message : String(error));
    const finish = async () => {
      const signedIn = await finishSignIn();
      if (!signedIn) return;
      keepSignedIn(signedIn, exchange);
      onSignedIn();
    };
    void finish().catch((error: unknown) => setProblem(words(error)));
    void fetch("/ops/config.json")
      .then(async (response) => setConfig((await response.json()) as Config))
      .catch((error: unknown) => setProblem(words(error)));
  }, []);

  const hasIssuer = Boolean(config?.client_id && config.authorization_endpoint);
  return (
    <main class="sign-in">
      <h1>Cache · AlgoItny</h1>
      <p role="alert">{problem}</p>
      {config && hasIssuer && (
        <p>
          <button type="button" onClick={() => void leaveForIssuer(config)}>
            Sign in at {new URL(config.issuer).host}
          </button>
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signIn(given);
          onSignedIn();
        }}
      >
        <label>
          {hasIssuer ? "Or paste the token of an operator" : "Token of an operator"}
          <input
            type="password"
            autocomplete="off"
            required
            value={given}
            onInput={({ currentTarget }) => setGiven(currentTarget.value)}
          />
        </label>
        <button type="submit">Use the token</button>
      </form>
      <p>
        Tokens stay in this page's memory. For a local cloud, npm run token -- --admin prints one.
      </p>
    </main>
  );
}
