import { Cache, defineResource, defineTags, withOwnStamp } from "@algoitny/cache";
import {
  change,
  createGraphQLCache,
  createSchema,
  fetchGraphQL,
  view,
} from "@algoitny/cache/graphql";
import { type OpenGraphQL, post, type Shelf, TYPE_DEFS } from "../graphql-subject.ts";
import { openStore } from "./ours.ts";

const tags = defineTags({ book: (id: string) => [id], books: () => [] });

/** Resolvers that read books through the cache, as its documents show. */
function resolversOver(shelf: Shelf) {
  const book = withOwnStamp(
    defineResource({
      name: "book",
      tags: (id: string) => [tags.book(id)],
      ttl: "1 hour",
      load: (id) => shelf.read(id),
    }),
  );
  const books = withOwnStamp(
    defineResource({
      name: "books",
      tags: (_shelf: string) => [tags.books()],
      ttl: "1 hour",
      load: async () => [...(await shelf.list())],
    }),
  );
  const rename = change(async ({ id, title }: { id: string; title: string }) => {
    await shelf.rename(id, title);
    return { value: { id, title }, invalidate: [tags.book(id), tags.books()] };
  });
  return {
    Query: { book: view(book, ({ id }) => String(id)), books: view(books, () => "all") },
    Mutation: { rename },
  };
}

const opening =
  (name: string, transport: "REST" | "TCP"): OpenGraphQL =>
  async (place, shelf) => {
    const { store, close } = await openStore[transport](place);
    const resolvers = resolversOver(shelf);
    const graphql = createGraphQLCache({
      cache: new Cache({ store }),
      schema: () => schema,
      version: "1",
    });
    const schema = createSchema(TYPE_DEFS, resolvers);
    return {
      name,
      transport,
      ask: async (query) => (await fetchGraphQL(graphql, post(query), {})).text(),
      close: async () => close(),
    };
  };

export const oursGraphQL: readonly OpenGraphQL[] = [
  opening("@algoitny/cache", "REST"),
  opening("@algoitny/cache, TCP", "TCP"),
];
