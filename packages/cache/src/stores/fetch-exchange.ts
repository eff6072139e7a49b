import type { Answer, Connection, Outgoing } from "./upstash-requester.ts";

/** One exchange by `fetch`: on platforms without Node's modules, or if the `fetch` option is given. */
export async function fetchExchange(
  { url, timeoutMs, maxResponseBytes }: Connection,
  fetch: typeof globalThis.fetch,
  outgoing: Outgoing,
): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { method: "POST", ...outgoing, signal });
    const bytes = await response.arrayBuffer();
    if (bytes.byteLength > maxResponseBytes)
      throw new TooLarge(`the answer is larger than ${maxResponseBytes} bytes`);
    return {
      status: response.status,
      syncToken: response.headers.get("upstash-sync-token") ?? undefined,
      text: new TextDecoder().decode(bytes),
    };
  } catch (error) {
    if (signal.aborted) throw new Error(`no answer within ${timeoutMs} ms`, { cause: error });
    throw error instanceof TooLarge ? error : networkError(error);
  }
}

class TooLarge extends Error {}

/** An error with only the code of a network error, whose message may contain the address, as may its cause's. */
function networkError(error: unknown): Error {
  const { cause } = error as { cause?: { code?: unknown } };
  const { code } = cause ?? {};
  return new Error(typeof code === "string" ? code : "the network failed", { cause: error });
}
