import { Redis, type Requester } from "@upstash/redis";
import { checkUpstash } from "../advisor.ts";
import { type Duration, toMs } from "../duration.ts";
import type { Store } from "../store.ts";
import { createScriptedStore } from "./scripted.ts";
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
 * A store in an Upstash Redis database, over HTTPS: the SDK's client over connections that are kept alive. Without `url`
 * and `token` they come from UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN, or KV_REST_API_URL and
 * KV_REST_API_TOKEN. Values are neither parsed nor base64-encoded on their way, and every try has a deadline. Errors carry
 * neither keys and values nor the URL and the token.
 */
export function createUpstashStore(options: Partial<UpstashOptions> = {}): Store {
  const { timeout = "1 second", maxResponseBytes = 2 ** 26, fetch } = options;
  const { url, token } = credentials(options);
  const requester = createRequester({
    url,
    token,
    timeoutMs: toMs(timeout),
    maxResponseBytes,
    fetch,
  });
  const redis = new PlainRedis(requester);
  const send = ([name = "", ...args]: readonly string[]) => redis.exec<unknown>([name, ...args]);
  return createScriptedStore({ send }, { scriptHeader: SCRIPT_HEADER });
}

/** The SDK's client, which hands back texts as they are: given a requester, it takes no option that says so. */
class PlainRedis extends Redis {
  constructor(requester: Requester) {
    super(requester);
    this.opts = { automaticDeserialization: false };
  }
}

function credentials(options: Partial<UpstashOptions>): { url: string; token: string } {
  const env = globalThis.process?.env ?? {};
  const url = options.url ?? env["UPSTASH_REDIS_REST_URL"] ?? env["KV_REST_API_URL"] ?? "";
  const token = options.token ?? env["UPSTASH_REDIS_REST_TOKEN"] ?? env["KV_REST_API_TOKEN"] ?? "";
  checkUpstash(options, { url, token });
  return { url, token };
}
