import { type ApiAnswer, createApiClient, type RequestOptions } from "../api-client.ts";

export interface Api {
  /** Origins whose browsers may use the API, as far as they are known here. */
  origins: readonly string[];
  /** Asks for `path` under `/api`. */
  ask(method: string, path: string, options?: RequestOptions): Promise<ApiAnswer>;
}

/** A deployment to check; `token` is sent with each request that is not anonymous. */
export function connect(
  url: string,
  token: string | undefined,
  origins: readonly string[] = [],
): Api {
  const { send } = createApiClient({ url, token });
  return { origins, ask: (method, path, options) => send(method, `/api${path}`, options) };
}
