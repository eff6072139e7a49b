import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { PlannedRequest } from "./mix.ts";
import type { Exchange } from "./tally.ts";

/** Time after which a request without an answer has failed. */
const TIMEOUT_MS = 30_000;

export type Send = (request: PlannedRequest) => Promise<Exchange>;

/** Sends requests over kept-alive connections; never rejects. */
export function createSender({ url, token }: { url: string; token: string }): Send & Disposable {
  const base = new URL(url);
  const [request, agent] =
    base.protocol === "https:"
      ? [requestHttps, new HttpsAgent({ keepAlive: true })]
      : [requestHttp, new HttpAgent({ keepAlive: true })];
  const etags = new Map<string, string>();

  const send: Send = ({ endpoint, path, signedIn, revalidates, body }) => {
    const [method] = endpoint.split(" ");
    const known = revalidates ? etags.get(path) : undefined;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...(signedIn && { authorization: `Bearer ${token}` }),
      ...(known !== undefined && { "if-none-match": known }),
      ...(text !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      }),
    };
    return new Promise((resolve) => {
      const fail = (error: Error) => resolve({ error: codeOf(error) });
      const sent = request(new URL(path, base), { method, headers, agent, timeout: TIMEOUT_MS });
      sent.on("timeout", () => sent.destroy(new Error("timeout")));
      sent.on("error", fail);
      sent.on("response", (answer) => {
        answer.on("error", fail);
        answer.on("end", () => {
          const { etag } = answer.headers;
          if (etag !== undefined) etags.set(path, etag);
          resolve(readExchange(answer));
        });
        answer.resume();
      });
      sent.end(text);
    });
  };
  return Object.assign(send, { [Symbol.dispose]: () => agent.destroy() });
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

/** Every answer of a function has `nosniff`; the gateway's own answers do not. */
function readExchange({ statusCode = 0, headers }: IncomingMessage): Exchange {
  const timing = headers["server-timing"]?.toString() ?? "";
  return {
    status: statusCode,
    outcome: /\bcache;desc="(\w+)"/.exec(timing)?.[1]?.toLowerCase(),
    fromFunction: headers["x-content-type-options"] === "nosniff",
  };
}
