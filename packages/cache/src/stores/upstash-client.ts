import type { Redis, Requester } from "@upstash/redis";
import { peer } from "../peer.ts";

async function load() {
  const sdk = await peer(
    "@upstash/redis",
    () => import("@upstash/redis"),
    // Without the SDK nothing can be stored, so every read loads.
    "store_misconfigured",
  );
  /**
   * The SDK's client over our connections. It returns texts unchanged: with a custom requester, the SDK takes no option
   * for that.
   */
  return class PlainRedis extends sdk.Redis {
    constructor(requester: Requester) {
      super(requester);
      this.opts = { automaticDeserialization: false };
    }
  };
}

let loading: ReturnType<typeof load> | undefined;

const clients = new WeakMap<Requester, Redis>();

/** Sends one command and returns its reply. */
export async function sendBySdk(
  requester: Requester,
  [name = "", ...args]: readonly string[],
): Promise<unknown> {
  const PlainRedis = await (loading ??= load());
  const client = clients.get(requester) ?? new PlainRedis(requester);
  clients.set(requester, client);
  return client.exec([name, ...args]);
}
