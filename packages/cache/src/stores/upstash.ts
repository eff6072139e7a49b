import { checkUpstash } from "../validate-options.ts";
import { type Duration, toMs } from "../duration.ts";
import type { Store } from "../store.ts";
import { scriptedStore } from "./scripted.ts";
import { createRequester } from "./upstash-requester.ts";

export interface UpstashOptions {
  /** REST URL of the database: `https://….upstash.io`. */
  url: string;
  token: string;
  /** Time limit of one attempt of a request. Default "1 second". */
  timeout?: Duration;
  /** Size limit of a response. Default 64 MiB. */
  maxResponseBytes?: number;
  /** Replaces the transport: for proxies, and for platforms whose sockets are not Node's. */
  fetch?: typeof globalThis.fetch;
}

/** With this flag Upstash locks only the keys that a script names, instead of the whole database. */
const SCRIPT_HEADER = "#!lua flags=allow-key-locking";

/**
 * A store in an Upstash Redis database, over kept-alive HTTPS connections. Looks are sent without the SDK; the first
 * other command loads the SDK's client. `url` and `token` default to UPSTASH_REDIS_REST_URL and
 * UPSTASH_REDIS_REST_TOKEN, or KV_REST_API_URL and KV_REST_API_TOKEN. Values are neither parsed nor base64-encoded in
 * transit, and every attempt has a deadline. Errors contain neither keys and values nor the URL and the token.
 */
export function createUpstashStore(options: Partial<UpstashOptions> = {}): Store {
  const { url, token } = credentials(options);
  const { timeout = "1 second", maxResponseBytes = 2 ** 26, fetch } = options;
  const requester = createRequester({
    url,
    token,
    timeoutMs: toMs(timeout),
    maxResponseBytes,
    fetch,
  });
  const send = async (command: readonly string[]): Promise<unknown> =>
    isLook(command)
      ? (await requester.request({ body: command })).result
      : (await import("./upstash-client.ts")).sendBySdk(requester, command);
  return scriptedStore({ send }, { scriptHeader: SCRIPT_HEADER });
}

/** Text that only scripts of looks contain: they read all of their keys at once. */
const ALL_KEYS = "(KEYS)";

/** True for a look, including that of a 304: it needs our transport, but none of the SDK's 80 KB of commands. */
const isLook = ([name, script]: readonly string[]): boolean | undefined =>
  name === "MGET" || script?.includes(ALL_KEYS);

function credentials(options: Partial<UpstashOptions>): { url: string; token: string } {
  const env = globalThis.process?.env ?? {};
  const url = options?.url ?? env["UPSTASH_REDIS_REST_URL"] ?? env["KV_REST_API_URL"] ?? "";
  const token = options?.token ?? env["UPSTASH_REDIS_REST_TOKEN"] ?? env["KV_REST_API_TOKEN"] ?? "";
  checkUpstash(options, { url, token });
  return { url, token };
}
