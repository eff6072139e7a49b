import { createBlobStorage, defineCachedFunction, defineCachedHandler } from "ocache";
import { type Adapter, type Load, type Open, type Place, TTL_SECONDS } from "./rival.ts";
import { type Texts, textsInRedis, textsInUpstash } from "./plain-texts.ts";

/** Its storage keeps bytes: metadata as JSON, then the body unchanged. Both are text here, so Redis keeps them as text. */
function storageOver(texts: Texts) {
  return createBlobStorage({
    get: async (key) => {
      const text = await texts.get(key);
      return text === null ? null : Buffer.from(text, "latin1");
    },
    set: async (key, value, options) => {
      if (value === null) await texts.delete(key);
      else await texts.set(key, Buffer.from(value).toString("latin1"), options?.ttl ?? TTL_SECONDS);
    },
  });
}

function opening(
  name: string,
  transport: "REST" | "TCP",
  open: (place: Place) => Promise<Texts>,
): Open {
  return async (place) => {
    const texts = await open(place);
    const options = { storage: storageOver(texts), maxAge: TTL_SECONDS, onError: () => undefined };
    const loads = new Map<string, Load>();
    const load = (key: string) => (loads.get(key) as Load)();
    const cached = defineCachedFunction((key: string) => load(key), {
      ...options,
      name: "view",
      getKey: (key: string) => key,
    });
    const handler = defineCachedHandler(
      async ({ req }) =>
        Response.json(await load(decodeURIComponent(new URL(req.url).pathname.slice(1)))),
      options,
    );
    return {
      name,
      transport,
      get: (key, _tags, loading) => {
        loads.set(key, loading);
        return cached(key);
      },
      answer: async (key, _tags, loading) => {
        loads.set(key, loading);
        const req = new Request(`http://bench/${encodeURIComponent(key)}`);
        const response = (await handler({ req })) as Response;
        return { text: await response.text(), isCoded: false };
      },
      invalidateTags: undefined,
      remove: (key) => cached.invalidate(key),
      close: async () => texts.close(),
    };
  };
}

const npm = "ocache";

export const ocache: Adapter = {
  name: "ocache",
  npm,
  open: opening("ocache", "TCP", textsInRedis),
};

export const ocacheRest: Adapter = {
  name: "ocache, REST",
  npm,
  open: opening("ocache, REST", "REST", textsInUpstash),
};
