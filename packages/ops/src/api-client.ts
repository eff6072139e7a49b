import { setTimeout as delay } from "node:timers/promises";

/** One answer of the API, its body read. */
export interface ApiAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined when the body is not JSON. */
  readonly json: unknown;
}

export interface RequestOptions {
  /** Leaves the client's token out. */
  anonymous?: boolean;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Talks HTTP to a running API. Paths begin with a slash (`/api/problems/`). */
export interface ApiClient {
  /** Sends one request. Returns the answer of any status; throws an UnreachableError when there is none. */
  send: (method: string, path: string, options?: RequestOptions) => Promise<ApiAnswer>;
  /**
   * Sends a request and returns the parsed body. While the API is too busy (429 or 503), waits as long as `Retry-After`
   * asks for (without the header 1 s, then 2 s …) and tries again: at most 5 tries in all. Throws an ApiError if the last
   * status is not 2xx.
   */
  call: (method: string, path: string, body?: unknown) => Promise<unknown>;
}

/** An error answer of the API. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** No answer came: the address is wrong, no process listens there, or the answer took too long. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

export interface ApiClientOptions {
  /** Address of the API: `http://127.0.0.1:8000`, with or without `/api`. */
  url: string;
  /** Goes with each request that is not anonymous. */
  token?: string | undefined;
  /** Added to the error of a 401 or 403: how to give another token. */
  tokenAdvice?: string;
  fetch?: typeof globalThis.fetch;
  sleep?: (ms: number) => Promise<unknown>;
}

const TIMEOUT_MS = 30_000;
const TRIES = 5;
const TOO_BUSY = new Set([429, 503]);

export function createApiClient({
  url,
  token,
  tokenAdvice,
  fetch = globalThis.fetch,
  sleep = delay,
}: ApiClientOptions): ApiClient {
  const base = url.replace(/\/+$/, "").replace(/\/api$/, "");

  const send: ApiClient["send"] = async (method, path, options = {}) => {
    const { anonymous = false, headers, body } = options;
    const init: RequestInit = {
      method,
      headers: {
        ...(token !== undefined && !anonymous && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    try {
      const response = await fetch(`${base}${path}`, init);
      return toAnswer(response, await response.text());
    } catch (error) {
      throw unreachable(base, error);
    }
  };

  return {
    send,
    async call(method, path, body) {
      for (let attempt = 1; ; attempt += 1) {
        const answer = await send(method, path, { body });
        const { status, headers } = answer;
        if (status >= 200 && status < 300) return answer.json;
        if (!TOO_BUSY.has(status) || attempt === TRIES) throw failure(answer, tokenAdvice);
        await sleep(1_000 * Number(headers.get("retry-after") ?? attempt));
      }
    },
  };
}

function toAnswer({ status, headers }: Response, text: string): ApiAnswer {
  return {
    status,
    headers,
    text,
    get json() {
      return parsed(text);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch failed` explains nothing; its cause does. */
function unreachable(base: string, error: unknown): UnreachableError {
  const timedOut = error instanceof Error && error.name === "TimeoutError";
  if (timedOut) return new UnreachableError(`no answer from ${base} in ${TIMEOUT_MS / 1_000} s`);
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return new UnreachableError(`cannot reach ${base}: check that the API runs there`, { cause });
}

function failure({ status, text, json }: ApiAnswer, tokenAdvice?: string): ApiError {
  const isRefusal = status === 401 || status === 403;
  const advice = isRefusal && tokenAdvice !== undefined ? ` (${tokenAdvice})` : "";
  return new ApiError(status, `${status}: ${messageIn(json) ?? text.slice(0, 200)}${advice}`);
}

/** The functions name their message `error`; the gateway, which refuses a token before them, names it `message`. */
function messageIn(json: unknown): string | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { error, message } = json as Record<string, unknown>;
  return [error, message].find((each) => typeof each === "string");
}
