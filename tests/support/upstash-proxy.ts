import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request on its way to the endpoint. */
export interface ProxiedRequest {
  /** One command, or several for a pipeline. */
  commands: readonly (readonly string[])[];
  /** The client's sync token; empty when it sends none. */
  syncToken: string;
  /** Forwards the request to the endpoint. */
  forward: () => Promise<ProxiedAnswer>;
}

export interface ProxiedAnswer {
  status: number;
  syncToken: string;
  body: string;
}

/** Answers a request, by `reply` or directly on the response; an error drops the connection. */
export type Proxying = (request: ProxiedRequest, response: ServerResponse) => Promise<void>;

/** A proxy between clients and an Upstash endpoint, for tests of its HTTP. */
export async function startUpstashProxy(
  upstash: { url: string; token: string },
  proxying: Proxying,
): Promise<{ url: string; token: string } & AsyncDisposable> {
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const parsed = JSON.parse(body) as string[] | string[][];
    const commands = Array.isArray(parsed[0]) ? (parsed as string[][]) : [parsed as string[]];
    const syncToken = String(request.headers["upstash-sync-token"] ?? "");
    const { authorization = "" } = request.headers;
    const forward = async () => {
      const answer = await fetch(`${upstash.url}${request.url}`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body,
      });
      const token = answer.headers.get("upstash-sync-token") ?? "";
      return { status: answer.status, syncToken: token, body: await answer.text() };
    };
    await proxying({ commands, syncToken, forward }, response);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: upstash.token,
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), "close");
      server.closeAllConnections();
      await closed;
    },
  };
}

export function reply(response: ServerResponse, { status, syncToken, body }: ProxiedAnswer): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "upstash-sync-token": syncToken,
  });
  response.end(body);
}
