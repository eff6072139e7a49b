import type { Requester, UpstashRequest, UpstashResponse } from "@upstash/redis";
import { nodeExchange } from "./node-exchange.ts";

export interface Connection {
  readonly url: string;
  readonly token: string;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

export interface Outgoing {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** Sends one request, and returns the response. */
export type Exchange = (outgoing: Outgoing) => Promise<Answer>;

export interface Answer {
  readonly status: number;
  readonly syncToken: string | undefined;
  readonly text: string;
}

/**
 * The transport of looks and of the SDK's client. The sync token of a write is sent along with later requests, so that
 * a replica that has not seen the write does not answer; of overlapping writes, the one sent last counts. Tokens of
 * `MGET`s are ignored: one that overlaps a write would replace the write's token by an older one.
 */
export function createRequester(
  connection: Connection & { readonly fetch: typeof globalThis.fetch | undefined },
): Requester {
  const exchange =
    (connection.fetch === undefined ? nodeExchange(connection) : undefined) ??
    lazyFetch(connection, connection.fetch ?? globalThis.fetch);
  const authorization = `Bearer ${connection.token}`;
  let sent = 0;
  let seen = { at: 0, token: "" };

  return {
    async request<Result>({ body }: UpstashRequest): Promise<UpstashResponse<Result>> {
      const at = ++sent;
      const headers: Record<string, string> = {
        authorization,
        "content-type": "application/json",
      };
      if (seen.token !== "") headers["upstash-sync-token"] = seen.token;
      const { status, syncToken, text } = await exchange({ body: JSON.stringify(body), headers });
      const reply = parse(text);
      if (status !== 200) throw new Error(reply?.error || `HTTP ${status}`);
      if (reply === undefined) throw new Error("the answer cannot be read");
      const isRead = (body as readonly unknown[] | undefined)?.[0] === "MGET";
      if (syncToken && !isRead && at > seen.at) seen = { at, token: syncToken };
      return reply as UpstashResponse<Result>;
    },
  };
}

function lazyFetch(connection: Connection, fetch: typeof globalThis.fetch): Exchange {
  return async (outgoing) => {
    const { fetchExchange } = await import("./fetch-exchange.ts");
    return fetchExchange(connection, fetch, outgoing);
  };
}

function parse(text: string): { result?: unknown; error?: string } | undefined {
  try {
    const reply: unknown = JSON.parse(text);
    return reply instanceof Object && !Array.isArray(reply) ? reply : undefined;
  } catch {
    return undefined;
  }
}
