/** One answer of the API, its body read. */
export interface Answer {
  status: number;
  headers: Headers;
  /** The body's JSON; undefined when there is none. */
  json: unknown;
}

export interface Api {
  /** Origins whose browsers may use the API, as far as they are known here. */
  origins: readonly string[];
  /** Asks for `path` under `/api`. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
}

export interface AskOptions {
  /** Without the token. */
  anonymous?: boolean;
  headers?: Record<string, string>;
  body?: unknown;
}

const TIMEOUT_MS = 30_000;

/** A deployment to ask; `token` goes with each request that is not anonymous. */
export function connect(
  url: string,
  token: string | undefined,
  origins: readonly string[] = [],
): Api {
  const base = url.replace(/\/+$/, "").replace(/\/api$/, "");
  return {
    origins,
    async ask(method, path, { anonymous = false, headers = {}, body } = {}) {
      const response = await fetch(`${base}/api${path}`, {
        method,
        headers: {
          ...(token !== undefined && !anonymous && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, json: parsed(text) };
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
