import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A proxy that drops answers of a Redis server to a client. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** Lets the next command that contains `text` through, and breaks its connection when the answer comes. */
  cutAnswerTo(text: string): void;
  /** Number of commands with that text since then. */
  readonly arrived: number;
}

export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  let wanted: string | undefined;
  let isArmed = false;
  let arrived = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    let isCut = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk) => {
      const times = wanted === undefined ? 0 : chunk.toString("latin1").split(wanted).length - 1;
      arrived += times;
      if (isArmed && times > 0) {
        isCut = true;
        isArmed = false;
      }
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      if (isCut) client.resetAndDestroy();
      else client.write(chunk);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    cutAnswerTo(text) {
      wanted = text;
      isArmed = true;
      arrived = 0;
    },
    get arrived() {
      return arrived;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), "close");
    },
  };
}
