import {
  Cache,
  type CacheOptions,
  defineResource,
  defineTags,
  MemoryStore,
  withOwnStamp,
} from "@algoitny/cache";
import {
  change,
  createGraphQLCache,
  createSchema,
  type GraphQLCacheOptions,
  type GraphQLParams,
  restrict,
  view,
} from "@algoitny/cache/graphql";
import type { Store } from "@algoitny/cache/store";
import { overNetwork, VirtualClock } from "@algoitny/cache/testing";

export const TYPE_DEFS = `
type Query {
  book(id: ID!): Book
  books(shelf: String = "all", first: Int, by: Order, where: Filter): [Book!]!
  media: [Media!]! @cacheControl(maxAge: 3600)
  found: [Found!]! @cacheControl(maxAge: 3600)
  me: User
  secret: String @cacheControl(scope: PRIVATE, maxAge: 60)
  plain: String
  brief: String @cacheControl(maxAge: 5)
  lowered: String @cacheControl(maxAge: 60)
  whoami: String @cacheControl(maxAge: 60)
}
enum Order { TITLE ID }
input Filter { id: ID, not: Filter, ids: [ID!] }
interface Media { id: ID!, title: String! }
union Found = Book | User
type Book implements Media {
  id: ID!
  title: String!
  author: Author
  strict: String!
}
type Film implements Media { id: ID!, title: String!, owner: String @cacheControl(scope: PRIVATE) }
type Author { id: ID!, name: String!, email: String @cacheControl(scope: PRIVATE) }
type User @cacheControl(scope: PRIVATE, maxAge: 60) { id: ID!, contact: String }
type Mutation {
  rename(id: ID!, title: String!): Book
  add(id: ID!, title: String!): Book
  fail(id: ID!): Book
}
type Subscription { ticks: Int }
`;

export interface Viewer {
  readonly user?: string | undefined;
  readonly admin?: boolean;
}

interface Row {
  readonly id: number;
  readonly title: string;
  readonly author: number;
}

export const tags = defineTags({
  book: (id: number) => [id],
  author: (id: number) => [id],
  books: () => [],
  user: (id: string) => [id],
});

/** A catalogue of views that do not depend on GraphQL. The load of a book with the title `broken` fails. */
export function createLibrary() {
  const books = new Map<number, Row>(
    [1, 2, 3].map((id) => [id, { id, title: `title ${id}`, author: id % 2 }]),
  );
  const loads: string[] = [];
  const before = { load: async () => undefined as void };
  const loading = async (name: string) => {
    loads.push(name);
    await before.load();
  };
  const book = withOwnStamp(
    defineResource({
      name: "book",
      tags: (id: number) => [tags.book(id)],
      ttl: "10 minutes",
      staleWhileRevalidate: "1 minute",
      jitter: 0,
      load: async (id) => {
        const row = books.get(id);
        await loading(`book ${id}`);
        if (row?.title === "broken") throw new Error("the database is down");
        return row;
      },
    }),
  );
  const list = withOwnStamp(
    defineResource({
      name: "books",
      key: ({ shelf }: { shelf: string }) => ({ shelf }),
      tags: () => [tags.books()],
      ttl: "5 minutes",
      jitter: 0,
      load: async ({ shelf }) => {
        const rows = [...books.values()];
        await loading(`list ${shelf}`);
        return shelf === "all" ? rows : [];
      },
    }),
  );
  const author = withOwnStamp(
    defineResource({
      name: "author",
      tags: (id: number) => [tags.author(id)],
      ttl: "10 minutes",
      jitter: 0,
      load: async (id) => {
        await loading(`author ${id}`);
        return { id, name: `author ${id}`, email: `${id}@example.org` };
      },
    }),
  );
  const user = withOwnStamp(
    defineResource({
      name: "user",
      tags: (id: string) => [tags.user(id)],
      ttl: "10 minutes",
      jitter: 0,
      load: async (id) => {
        await loading(`user ${id}`);
        return { id, contact: `${id}@example.org` };
      },
    }),
  );
  /** Members of an interface, read without a view. */
  const media: object[] = [
    { __typename: "Book", id: 1, author: 1 },
    { __typename: "Film", id: 9, title: "M", owner: "x" },
  ];
  return { books, media, loads, before, book, list, author, user };
}

export type Library = ReturnType<typeof createLibrary>;

export function resolversOf({ books, media, book, list, author, user }: Library) {
  const write = (id: number, title: string) => {
    if (title === "refused") throw new Error("this title is refused");
    const isNew = !books.has(id);
    books.set(id, { id, title, author: id % 2 });
    return { value: { id }, invalidate: [tags.book(id), ...(isNew ? [tags.books()] : [])] };
  };
  return {
    Query: {
      book: view(book, ({ id }: { id: string }) => Number(id)),
      books: view(list, ({ shelf }: { shelf: string }) => ({ shelf })),
      media: async () => media,
      found: async () => [{ __typename: "Book", id: 1 }],
      me: view(user, (_, { user: id }: Viewer) => id),
      secret: async (_: unknown, __: unknown, { user: id }: Viewer) => `secret of ${id}`,
      plain: async () => "plain",
      brief: async () => "brief",
      lowered: async () => {
        restrict({ maxAgeMs: 2_000 });
        return "lowered";
      },
      // A mistake in the schema: the field is public, and its value depends on the viewer.
      whoami: async (_: unknown, __: unknown, { user: id }: Viewer) => `you are ${id}`,
    },
    Book: {
      title: view(
        book,
        (_, __, { id }: { id: number }) => id,
        ({ title }) => title,
      ),
      author: view(author, (_, __, parent: Row) => parent.author),
      strict: async (parent: Row) => (parent.id === 3 ? null : "here"),
    },
    Mutation: {
      rename: change(async ({ id, title }: { id: string; title: string }) =>
        write(Number(id), title),
      ),
      add: change(async ({ id, title }: { id: string; title: string }) => write(Number(id), title)),
      fail: change(async () => {
        throw new Error("refused");
      }),
    },
  };
}

export interface ServerOptions {
  readonly store?: Store;
  readonly clock?: VirtualClock;
  readonly cache?: Partial<CacheOptions>;
  readonly graphql?: Partial<GraphQLCacheOptions<Viewer>>;
  readonly library?: Library;
  /** A planted bug: responses do not inherit the tags of their entries. */
  readonly forgets?: boolean;
}

/** Creates the store of a server that is given none: in memory, unless a test file runs over another store. */
export const storeOf: { make: (clock: VirtualClock) => Store } = {
  make: (clock) => new MemoryStore({ now: clock.now }),
};

/** Stores may share a Redis server: each store has its own prefix. */
const prefixes = new WeakMap<Store, string>();
let fleets = 0;

function prefixOf(store: Store): string {
  const known = prefixes.get(store) ?? `cache:${(fleets += 1)}`;
  prefixes.set(store, known);
  return known;
}

/** A GraphQL server over a cache, as one process of a fleet; `requests` are its requests to the store. */
export function bookServer({
  clock = new VirtualClock(),
  library = createLibrary(),
  ...options
}: ServerOptions = {}) {
  const requests: (keyof Store)[] = [];
  const given = options.store ?? storeOf.make(clock);
  const store = overNetwork(given, {
    fault: (operation) => {
      requests.push(operation);
      return "none";
    },
  });
  const prefix = prefixOf(given);
  const cache = new Cache({ store, prefix, clock, random: () => 0.5, ...options.cache });
  const resolvers = resolversOf(library);
  let schemas = 0;
  let schema: ReturnType<typeof createSchema> | undefined;
  const graphql = createGraphQLCache<Viewer>({
    cache: options.forgets ? forgetful(cache) : cache,
    schema: () => {
      schemas += 1;
      return (schema ??= createSchema(TYPE_DEFS, resolvers));
    },
    version: "1",
    viewer: ({ user }) => user,
    variant: ({ admin }) => (admin ? "admin" : "all"),
    personal: ["user"],
    ...options.graphql,
  });
  /** Sends a document; returns the client's view of its data, and the outcome in the cache. */
  const ask = async (query: string | GraphQLParams, viewer: Viewer = {}) => {
    const params = typeof query === "string" ? { query } : query;
    const answer = await graphql.answer(params, { ...viewer });
    if ("reading" in answer) {
      const { data } = await answer.reading.value();
      return {
        data,
        errors: undefined,
        came: answer.reading.status,
        stored: answer.reading.stored,
      };
    }
    const { data, errors } = answer.result;
    return { data, errors, came: answer.reason, stored: false };
  };
  return { clock, store: given, cache, graphql, library, requests, ask, schemas: () => schemas };
}

/** The cache, with a `getMany` that hides the tags of entries. */
function forgetful(cache: Cache): Pick<Cache, "get" | "getEntry" | "getMany" | "invalidate"> {
  return {
    get: cache.get.bind(cache),
    getEntry: cache.getEntry.bind(cache),
    invalidate: cache.invalidate.bind(cache),
    getMany: (async (...args: Parameters<Cache["getMany"]>) => {
      const entries = (await cache.getMany(...args)) as (object | Error)[];
      return entries.map((each) => (each instanceof Error ? each : { ...each, tags: [] }));
    }) as never,
  };
}
