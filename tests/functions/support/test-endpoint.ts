import { Cache, defineResource, MemoryStore, type Tag } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import type { Source } from "@algoitny/core/source";
import type { Hide } from "@algoitny/core/table/database";
import { createEndpoint } from "@algoitny/functions/endpoint/endpoint";
import type { HttpEvent } from "@algoitny/functions/endpoint/http-event";
import { createIdentify } from "@algoitny/functions/endpoint/identity";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { createObserver } from "@algoitny/functions/telemetry/observe";

export const ADMIN = { sub: "admin", email: "admin@example.com", email_verified: "true" };
export const USER = { sub: "user", email: "user@example.com" };

export const context = {
  awsRequestId: "invocation",
  getRemainingTimeInMillis: () => 10_000,
};

/** A view whose loads the request's meter counts, like those of DynamoDB; "missing" is not found, "broken" throws. */
export const thing = defineResource({
  name: "thing",
  key: ({ id }: { id: string }) => ({ id }),
  tags: ({ id }) => [`thing:${id}` as Tag],
  ttl: "1 minute",
  load: async ({ id }, source: Source) => {
    await source.tables();
    if (id === "broken") throw new Error("secret of admin@example.com");
    return id === "missing" ? undefined : { id, text: "그래프 ".repeat(400) };
  },
});

/**
 * Endpoints over tables that report `names` of recorded reads, with a store in memory, the gateway's claims as
 * identity, and a recorded log.
 */
export function setup({
  wrap = (store: Store) => store,
  names = [],
}: { wrap?: (store: Store) => Store; names?: readonly Tag[] } = {}) {
  const lines: Record<string, unknown>[] = [];
  const metrics: Record<string, unknown>[] = [];
  const hides: Hide[] = [];
  const endpoint = createEndpoint<string>({
    requireOrigin: () => {},
    cache: new Cache({ store: wrap(new MemoryStore()) }),
    identify: createIdentify({
      issuer: "https://issuer.example",
      audience: "algoitny",
      jwksUri: "https://issuer.example/jwks.json",
      adminEmails: [ADMIN.email],
      adminClaim: "admin",
    }),
    log: createLog((line) => lines.push(JSON.parse(line))),
    observe: createObserver((line) => metrics.push(JSON.parse(line))).observe,
    keyId: (key) => `id of ${key}`,
    afterMiss: () => Promise.resolve(),
    openSource: (meter, hide) => {
      hides.push(hide);
      return {
        catalogue: () => Promise.reject(new Error("no catalogue in this test")),
        tables: () => {
          meter.databaseCalls += 1;
          for (const name of names) meter.names.add(name);
          return Promise.reject(new Error("no tables in this test")).catch(() => ({}) as never);
        },
      };
    },
  });
  return { endpoint, lines, metrics, hides };
}

export type Handler = (
  event: HttpEvent,
  given: typeof context,
) => Promise<{ statusCode?: number; headers?: object; body?: string }>;
