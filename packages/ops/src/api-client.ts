import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";

/** An answer that the import cannot go on with. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Calls the API (`GET`, `/api/problems/`); answers the parsed body, and throws an ApiError for any status but 200 and 201. */
export type ApiClient = (method: string, path: string, body?: unknown) => Promise<unknown>;

export interface ApiClientOptions {
  /** Where it is: `http://127.0.0.1:8000`. */
  url: string;
  token: string;
  fetch?: typeof globalThis.fetch;
  sleep?: (ms: number) => Promise<unknown>;
}

const TRIES = 5;
const TOO_BUSY = new Set([429, 503]);
const Failure = z.object({ error: z.string() });

/** A client that waits and tries again where the API says that it is too busy, as long as `Retry-After` asks for. */
export function createApiClient({
  url,
  token,
  fetch = globalThis.fetch,
  sleep = delay,
}: ApiClientOptions): ApiClient {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };

  return async function call(method, path, body) {
    for (let attempt = 1; ; attempt += 1) {
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const response = await fetch(new URL(path, url).href, init).catch((error: unknown) => {
        throw new Error(
          `nothing answers at ${url}: is \`npm run dev\` running? Another address: --url`,
          { cause: error },
        );
      });
      const text = await response.text();
      if (response.ok) return JSON.parse(text) as unknown;
      if (!TOO_BUSY.has(response.status) || attempt === TRIES) throw failure(response.status, text);
      await sleep(1_000 * Number(response.headers.get("retry-after") ?? attempt));
    }
  };
}

function failure(status: number, text: string): ApiError {
  const advice = status === 401 || status === 403 ? " (give an admin's token with --token)" : "";
  return new ApiError(status, `${status}: ${errorOf(text)}${advice}`);
}

function errorOf(text: string): string {
  try {
    return Failure.parse(JSON.parse(text)).error;
  } catch {
    return text.slice(0, 200);
  }
}
