import { createApiClient } from "@algoitny/ops/api-client";
import type { Answer, Question } from "./question.ts";
import type { Journal } from "./journal.ts";
import type { Person } from "./state.ts";

/** Cache status of an answer that is never cached. */
export const NOT_CACHED = "-";

/** An answer with its cache status. */
export interface Reply extends Answer {
  /** `hit`, `miss`, `stale` or `bypass`, or `NOT_CACHED`. */
  cache: string;
  process: number;
}

export interface Api {
  processes: number;
  /** Sends a request to the process with that number. */
  send(
    method: string,
    path: string,
    as: Person | undefined,
    process: number,
    body?: unknown,
  ): Promise<Reply>;
  ask(question: Question, process: number): Promise<Reply>;
}

/** Client of the processes of a local cloud. */
export function createApi(url: string, processes: number, journal: Journal): Api {
  const client = createApiClient({ url });

  async function send(
    method: string,
    path: string,
    as: Person | undefined,
    process: number,
    body?: unknown,
  ): Promise<Reply> {
    const { status, headers, text } = await client.send(method, path, {
      headers: {
        "x-local-instance": String(process),
        // Accepts the stored coding, so that no time is spent on compression.
        "accept-encoding": "br",
        ...(as && { authorization: `Bearer ${as.token}` }),
      },
      body,
    });
    const timing = headers.get("server-timing") ?? "";
    return {
      status,
      body: text,
      total: headers.get("x-total-count"),
      cache: /\bcache;desc="(\w+)"/.exec(timing)?.[1]?.toLowerCase() ?? NOT_CACHED,
      process,
    };
  }

  return {
    processes,
    send,
    async ask({ path, as }, process) {
      const reply = await send("GET", path, as, process);
      journal.note(
        [path],
        `read    ${path} as ${as?.name ?? "nobody"} by process ${process}: ${reply.status} ${reply.cache}`,
      );
      return reply;
    },
  };
}
