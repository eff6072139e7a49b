import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import type { Answer, Connection, Exchange, Outgoing } from "./upstash-requester.ts";

/**
 * Connections are opened on demand. It is Node's default to use the most recently used ones first, so that few are open
 * and they stay warm.
 */
const AGENT = { keepAlive: true, maxSockets: 50 } as const;

/**
 * Exchanges over kept-alive connections; undefined without Node. A request whose connection turns out to be closed, as
 * after a freeze, is sent once more over a new one. No other request is repeated.
 */
export function nodeExchange(connection: Connection): Exchange | undefined {
  const { process } = globalThis;
  // Parsed once: Node would parse the address for each request.
  const address = new URL(connection.url);
  const target = process?.getBuiltinModule?.("node:url")?.urlToHttpOptions(address);
  const name = `node:${address.protocol.slice(0, -1)}` as "node:https";
  const module = process?.getBuiltinModule?.(name);
  if (module === undefined) return undefined;
  const agent: Agent = new module.Agent(AGENT);

  return async (outgoing) => {
    const once = () =>
      new Promise<Answer>((resolve, reject) => {
        const request = module.request({ ...target, agent, method: "POST", ...outgoing });
        exchange(request, connection, { ...outgoing, resolve, reject });
      });
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof DeadConnection)) throw error;
      // All idle connections may have been closed during the same freeze.
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
      return once();
    }
  };
}

/** A kept-alive connection broke before any response. */
class DeadConnection extends Error {}

interface Settle {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

function exchange(
  outgoing: ClientRequest,
  { timeoutMs, maxResponseBytes }: Connection,
  { body, resolve, reject }: Outgoing & Settle,
): void {
  /** Destroys without an error: if the whole answer has already arrived, nothing listens for errors any more. */
  const giveUp = (reason: string) => {
    clearTimeout(timer);
    reject(new Error(reason));
    outgoing.destroy();
  };
  const timer = setTimeout(() => giveUp(`no answer within ${timeoutMs} ms`), timeoutMs);
  let hasAnswered = false;
  const fail = (error: Error) => {
    clearTimeout(timer);
    reject(!hasAnswered && outgoing.reusedSocket && isReset(error) ? new DeadConnection() : error);
  };
  outgoing.on("error", fail);
  outgoing.on("response", (response: IncomingMessage) => {
    hasAnswered = true;
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxResponseBytes) giveUp(`the answer is larger than ${maxResponseBytes} bytes`);
    });
    response.on("error", fail);
    response.on("end", () => {
      clearTimeout(timer);
      resolve({
        status: response.statusCode as number,
        syncToken: response.headers["upstash-sync-token"] as string | undefined,
        text: String(Buffer.concat(chunks)),
      });
    });
  });
  outgoing.end(body);
}

function isReset(error: NodeJS.ErrnoException): boolean {
  return /ECONNRESET|EPIPE/.test(error.code as string);
}
