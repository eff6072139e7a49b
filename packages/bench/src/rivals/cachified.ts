import { type CacheEntry, cachified as readThrough } from "@epic-web/cachified";
import { type Adapter, jsonOf, type Load, type Open, type Place, TTL_SECONDS } from "./rival.ts";
import { type Texts, textsInRedis, textsInUpstash } from "./plain-texts.ts";

/** Cachified's storage is an object of three functions, here over either client. */
function opening(
  name: string,
  transport: "REST" | "TCP",
  open: (place: Place) => Promise<Texts>,
): Open {
  return async (place) => {
    const texts = await open(place);
    const cache = {
      name,
      get: async (key: string) => JSON.parse((await texts.get(key)) ?? "null") as CacheEntry | null,
      set: (key: string, entry: CacheEntry) => texts.set(key, JSON.stringify(entry), TTL_SECONDS),
      delete: (key: string) => texts.delete(key),
    };
    const get = (key: string, _tags: readonly string[], load: Load) =>
      readThrough({ key, cache, ttl: TTL_SECONDS * 1_000, getFreshValue: load });
    return {
      name,
      transport,
      get,
      answer: (key, tags, load) => jsonOf(get(key, tags, load)),
      invalidateTags: undefined,
      remove: (key) => cache.delete(key),
      close: async () => texts.close(),
    };
  };
}

const npm = "@epic-web/cachified";

export const cachified: Adapter = {
  name: "cachified",
  npm,
  open: opening("cachified", "TCP", textsInRedis),
};

export const cachifiedRest: Adapter = {
  name: "cachified, REST",
  npm,
  open: opening("cachified, REST", "REST", textsInUpstash),
};
