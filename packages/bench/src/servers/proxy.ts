import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createCommandCounter } from "./count-commands.ts";

/** All traffic through a proxy since the last call. */
export interface Traffic {
  /** Bytes that clients sent and received, HTTP's headers included. */
  bytes: number;
  /** Round trips of all connections: the first request of each, and each request that follows an answer. */
  roundTrips: number;
  /** Redis commands by name, where the proxied protocol is Redis's. */
  commands: Record<string, number>;
}

/** Behaviour of the connection to the server: a delay of each answer, and faults. */
export interface Weather {
  /** Added to every answer. */
  delayMs?: number;
  /** Breaks the connection of every third request. */
  cutsThirds?: boolean;
  /** Refuses connections, and breaks the open ones. */
  refuses?: boolean;
}

/** A proxy between clients and a server of this machine: it delays, counts and breaks connections. */
export interface Proxy {
  readonly port: number;
  traffic(): Traffic;
  /** Replaces all of the weather: a setting that is left out is off. */
  setWeather(weather: Weather): Promise<void>;
}

export async function startProxy(upstreamPort: number, speaksRedis: boolean): Promise<Proxy> {
  let weather: Weather = {};
  let traffic: Traffic = none();
  let requests = 0;
  const sockets = new Set<Socket>();

  function meet(client: Socket): void {
    const upstream = connect(upstreamPort, "127.0.0.1");
    const count = createCommandCounter((name) => {
      traffic.commands[name] = (traffic.commands[name] ?? 0) + 1;
    });
    let asks = false;
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk) => {
      traffic.bytes += chunk.length;
      if (speaksRedis) count(chunk);
      if (!asks) {
        asks = true;
        traffic.roundTrips += 1;
        requests += 1;
        if (weather.cutsThirds && requests % 3 === 0) client.resetAndDestroy();
      }
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      asks = false;
      traffic.bytes += chunk.length;
      const { delayMs = 0 } = weather;
      if (delayMs === 0) client.write(chunk);
      else setTimeout(() => client.write(chunk), delayMs);
    });
  }

  let server: Server = await listen(meet, 0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    traffic() {
      const counted = traffic;
      traffic = none();
      return counted;
    },
    async setWeather(next) {
      const refused = weather.refuses === true;
      weather = next;
      if (next.refuses && !refused) {
        const closed = once(server.close(), "close");
        for (const socket of sockets) socket.destroy();
        await closed;
      }
      if (!next.refuses && refused) server = await listen(meet, port);
    },
  };
}

const none = (): Traffic => ({ bytes: 0, roundTrips: 0, commands: {} });

async function listen(meet: (client: Socket) => void, port: number): Promise<Server> {
  const server = createServer(meet).listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
