import { Cache, defineResource } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";

/** The library with its Upstash store and one resource. */
export const cache = new Cache({
  store: createUpstashStore({ url: "http://127.0.0.1:1", token: "none" }),
});
export const view = defineResource({ name: "view", ttl: "1 minute", load: () => ({ id: 1 }) });
