import { checkUpstash } from "../validate-options.ts";
import { type Duration, toMs } from "../duration.ts";
import type { Store } from "../store.ts";
import { scriptedStore } from "./scripted.ts";
import { createRequester } from "./upstash-requester.ts";

export interface UpstashOptions {
  /** REST URL of the database: `https://….upstash.io`. */
  url: string;
  token: string;
  /** Longest time one try of a request may take. Default "1 second". */
  timeout?: Duration;
  /** Largest answer that is taken. Default 64 MiB. */
  maxResponseBytes?: number;
  /** Replaces the transport: for proxies, and for platforms whose sockets are not Node's. */
  fetch?: typeof globalThis.fetch;
}

/** With this flag Upstash locks the keys that a script names, instead of the whole database. */
const SCRIPT_HEADER = "#!lua flags=allow-key-locking";

/**
 * A store in an Upstash Redis database, over HTTPS: the SDK's client over connections that are kept alive, which is loaded
 * by the first command that is not a look. Without `url`
 * and `token` they come from UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN, or KV_REST_API_URL and
 * KV_REST_API_TOKEN. Values are neither parsed nor base64-encoded on their way, and every try has a deadline. Errors carry
 * neither keys and values nor the URL and the token.
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

/** In scripts that look at all of their keys at once, as looks and revalidations do, and in no other. */
const ALL_KEYS = "unpack(KEYS)";

/** True for a look, a 304's included: it needs our requests, and none of the SDK's 80 KB of commands. */
const isLook = ([name, script]: readonly string[]): boolean | undefined =>
  name === "MGET" || script?.includes(ALL_KEYS);

function credentials(options: Partial<UpstashOptions>): { url: string; token: string } {
  const env = globalThis.process?.env ?? {};
  const url = options?.url ?? env["UPSTASH_REDIS_REST_URL"] ?? env["KV_REST_API_URL"] ?? "";
  const token = options?.token ?? env["UPSTASH_REDIS_REST_TOKEN"] ?? env["KV_REST_API_TOKEN"] ?? "";
  checkUpstash(options, { url, token });
  return { url, token };
}
