/** The answer to one command: what the database replied, or why it refused. */
export type Answer = { result: unknown } | { error: string };

/** Sends one command, each time like a new client: without a sync token. */
export type Send = (
  command: readonly (string | number)[],
  options?: { isTransaction?: boolean },
) => Promise<Answer>;

/** Longest time of one request: 10 s. */
const TIMEOUT_MS = 10_000;

/**
 * A client of Upstash's REST API without a sync token, so that any replica may answer it. Rejects if there is no answer;
 * neither errors nor refusals contain the token.
 */
export function restClient(url: string, token: string, fetch = globalThis.fetch): Send {
  const withoutToken = (text: string) => text.replaceAll(token, "<token>");
  return async (command, { isTransaction = false } = {}) => {
    const address = isTransaction ? new URL("multi-exec", `${url.replace(/\/+$/, "")}/`).href : url;
    const response = await fetch(address, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(isTransaction ? [command] : command),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new Error(withoutToken(`${new URL(url).host} does not answer: ${reasonOf(error)}`));
    });
    const text = await response.text();
    if (response.status === 401)
      throw new Error(`${new URL(url).host} refuses the token: copy it from the console again`);
    const body = parsed(text);
    const answer = isTransaction && Array.isArray(body) ? (body as unknown[])[0] : body;
    if (typeof answer !== "object" || answer === null)
      throw new Error(
        `${new URL(url).host} answers ${response.status} with something other than an answer of Upstash's REST API`,
      );
    if ("error" in answer) return { error: withoutToken(String(answer.error)) };
    return { result: (answer as { result?: unknown }).result };
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = (error.cause ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : error.message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
