import { Cache, defineResource, defineTags } from "@algoitny/cache";
import { toResponse } from "@algoitny/cache/lambda";
import { createRedisStore } from "@algoitny/cache/redis";
import type { Store } from "@algoitny/cache/store";
import { createUpstashStore } from "@algoitny/cache/upstash";
import type { Adapter, Body, Load, Open, Place, Subject } from "../rivals/rival.ts";

const tags = defineTags({ tag: (name: string) => [name] });

interface Params {
  readonly key: string;
  readonly tags: readonly string[];
}

/** A browser's request, in the event that API Gateway passes to a function. */
const EVENT = {
  version: "2.0",
  headers: { "accept-encoding": "gzip, deflate, br" },
  requestContext: { http: { method: "GET" } },
} as const;

interface Kind {
  readonly name: string;
  readonly transport: "REST" | "TCP";
  readonly l1?: { share: true } | { revalidateAfter: "1 minute"; share: true };
  readonly store: (place: Place) => Promise<{ store: Store; close: () => void }>;
}

/** The library by its public API: `get` for values, `getEntry` and `toResponse` for answers. */
function opening({ name, transport, l1, store: openStore }: Kind): Open {
  return async (place): Promise<Subject> => {
    const { store, close } = await openStore(place);
    const { timeoutSeconds } = place;
    const cache = new Cache({
      store,
      ...(timeoutSeconds !== undefined && { storeTimeout: `${timeoutSeconds} seconds` }),
    });
    const view = defineResource({
      name: "view",
      key: ({ key }: Params) => key,
      tags: (params) => params.tags.map((each) => tags.tag(each)),
      ttl: "1 hour",
      ...(l1 && { l1 }),
      load: (_params, load: Load) => load() as Promise<{ id: number }>,
    });
    return {
      name,
      transport,
      get: (key, names, source) => cache.get(view, { key, tags: names }, { source }),
      answer: async (key, names, source): Promise<Body> => {
        const entry = await cache.getEntry(view, { key, tags: names }, { source });
        const { body, isBase64Encoded } = await toResponse(EVENT as never, entry);
        return { text: body, isCoded: isBase64Encoded };
      },
      invalidateTags: (names) => cache.invalidate(names.map((each) => tags.tag(each))),
      remove: (key) => cache.invalidate(view, { key, tags: [] }),
      close: async () => close(),
    };
  };
}

const overRest: Kind["store"] = async ({ upstash, timeoutSeconds = 1 }) => ({
  store: createUpstashStore({ ...upstash, timeout: `${timeoutSeconds} seconds` }),
  close: () => undefined,
});

const overTcp: Kind["store"] = async (place) => {
  const { connectRedis } = await import("../rivals/connect-redis.ts");
  const client = await connectRedis(place);
  return { store: createRedisStore(client), close: () => client.disconnect() };
};

const adapter = (kind: Kind): Adapter => ({
  name: kind.name,
  npm: undefined,
  open: opening(kind),
});

export const oursRest = adapter({ name: "@algoitny/cache", transport: "REST", store: overRest });

export const oursTcp = adapter({ name: "@algoitny/cache, TCP", transport: "TCP", store: overTcp });

export const oursValidated = adapter({
  name: "@algoitny/cache, L1 validated",
  transport: "REST",
  l1: { share: true },
  store: overRest,
});

export const oursTrusted = adapter({
  name: "@algoitny/cache, L1 trusted",
  transport: "REST",
  l1: { revalidateAfter: "1 minute", share: true },
  store: overRest,
});

/** Opens the library's store over either protocol. */
export const openStore = { REST: overRest, TCP: overTcp } as const;
