import { createRedisCache } from "@envelop/response-cache-redis";
import { createInMemoryCache, useResponseCache } from "@graphql-yoga/plugin-response-cache";
import { createSchema, createYoga } from "graphql-yoga";
import { type OpenGraphQL, post, TYPE_DEFS } from "../graphql-subject.ts";
import { connectRedis } from "./connect-redis.ts";
import { TTL_SECONDS } from "./rival.ts";

/** Yoga with its response cache, which finds entities in results and removes their responses after a mutation. */
const opening =
  (name: string, isShared: boolean): OpenGraphQL =>
  async (place, shelf) => {
    const redis = isShared ? await connectRedis(place) : undefined;
    const yoga = createYoga({
      schema: createSchema({
        typeDefs: TYPE_DEFS,
        resolvers: {
          Query: {
            book: (_root, { id }: { id: string }) => shelf.read(id),
            books: () => shelf.list(),
          },
          Mutation: {
            rename: async (_root, { id, title }: { id: string; title: string }) => {
              await shelf.rename(id, title);
              return { id, title };
            },
          },
        },
      }),
      plugins: [
        useResponseCache({
          session: () => null,
          ttl: TTL_SECONDS * 1_000,
          cache: redis ? createRedisCache({ redis: redis as never }) : createInMemoryCache(),
        }),
      ],
      logging: false,
    });
    return {
      name,
      transport: "TCP",
      ask: async (query) => (await yoga.fetch(post(query))).text(),
      close: async () => redis?.disconnect(),
    };
  };

export const yogas: readonly OpenGraphQL[] = [
  opening("Yoga, response cache in Redis", true),
  opening("Yoga, response cache in memory", false),
];
