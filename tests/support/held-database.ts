import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A DynamoDB whose reads of items can be held up. */
export interface HeldDatabase extends AsyncDisposable {
  endpoint: string;
  /** From now on reads wait until they are released. */
  hold(): void;
  letGo(): void;
  /** Number of waiting reads. */
  waiting(): number;
}

const READS = /^DynamoDB_\d+\.(?:GetItem|BatchGetItem|Query)$/;

/** A proxy between functions and DynamoDB, so that a test decides how long a load takes. */
export async function startHeldDatabase(endpoint: string): Promise<HeldDatabase> {
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  let waiting = 0;

  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    if (READS.test(String(request.headers["x-amz-target"]))) {
      waiting += 1;
      await gate.promise;
      waiting -= 1;
    }
    const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
    const answer = await fetch(`${endpoint}${request.url}`, {
      method: request.method ?? "POST",
      headers: { ...(headers as Record<string, string>), "accept-encoding": "identity" },
      body: new Uint8Array(body),
    });
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: () => {
      gate = Promise.withResolvers();
    },
    letGo: () => gate.resolve(),
    waiting: () => waiting,
    async [Symbol.asyncDispose]() {
      gate.resolve();
      const closed = once(server.close(), "close");
      server.closeAllConnections();
      await closed;
    },
  };
}
