import { createEndpoint } from "./endpoint/endpoint.ts";
import { createIdentify } from "./endpoint/identity.ts";
import { createOriginCheck } from "./endpoint/origin.ts";
import { edgeSecret, links } from "./links.ts";
import { once } from "./once.ts";
import { cache, keyId, log, observe, openSource, popularity } from "./runtime.ts";

/**
 * Created by the first request. The issuer's keys and jose are loaded later: by the first token that is verified here.
 */
const openIdentify = once(async () => createIdentify(links.auth()));

/** The adapter for requests. Functions without requests (streams, queues, schedules) do not load it. */
export const endpoint = createEndpoint({
  cache,
  identify: async (event) => (await openIdentify())(event),
  requireOrigin: createOriginCheck(edgeSecret()),
  log,
  keyId,
  observe,
  openSource,
  afterMiss: popularity.publish,
});
