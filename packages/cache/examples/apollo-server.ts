// Apollo Server: the plugin runs operations itself, so no plugin's `executionDidStart` is called.
import { Cache, defineResource, defineTags, MemoryStore, withOwnStamp } from "@algoitny/cache";
import { CACHE_CONTROL_SDL, change, createGraphQLCache, view } from "@algoitny/cache/graphql";
import { ApolloServer, type ApolloServerPlugin, HeaderMap } from "@apollo/server";
import { execute, type ExecutionResult, type GraphQLSchema } from "graphql";

type Context = { readonly user?: string };

const titles = new Map([["7", "Emma"]]);
const tags = defineTags({ book: (id: string) => [id] });
const cache = new Cache({ store: new MemoryStore() });
const load = async (id: string) => ({ id, title: titles.get(id) ?? null });
const book = withOwnStamp(
  defineResource({ name: "book", tags: (id: string) => [tags.book(id)], ttl: "10 minutes", load }),
);
const typeDefs = `${CACHE_CONTROL_SDL}
  type Query { book(id: ID!): Book, me: String @cacheControl(maxAge: 60, scope: PRIVATE) }
  type Book { id: ID!, title: String }
  type Mutation { rename(id: ID!, title: String!): Book }`;
const rename = change(async ({ id, title }: { id: string; title: string }) => {
  titles.set(id, title);
  return { value: { id, title }, invalidate: tags.book(id) };
});
const me = (_: unknown, __: unknown, { user }: Context) => user;
const resolvers = { Query: { book: view(book, ({ id }) => id), me }, Mutation: { rename } };

let schema: GraphQLSchema;
const viewer = ({ user }: Context) => user;
const responses = createGraphQLCache({ cache, schema: () => schema, version: "1", viewer });
const cachedResponses: ApolloServerPlugin<Context> = {
  async serverWillStart(server) {
    schema = server.schema;
  },
  requestDidStart: async () => ({
    async responseForOperation({ document, operationName, request: { variables }, contextValue }) {
      const given = { document, operationName };
      const run = async (context: Context): Promise<ExecutionResult> =>
        execute({ ...given, schema, variableValues: variables, contextValue: context });
      const done = await responses.execute({ ...given, variables, context: contextValue, run });
      const isKept = "reading" in done;
      const headers = new HeaderMap([["x-cache", isKept ? done.reading.status : done.reason]]);
      const singleResult = (isKept ? await done.reading.value() : done.result) as object;
      return { body: { kind: "single", singleResult }, http: { headers } };
    },
  }),
};
const server = new ApolloServer({ typeDefs, resolvers, plugins: [cachedResponses] });

// Try it:
async function ask(query: string, contextValue: Context = {}) {
  const { body, http } = await server.executeOperation({ query }, { contextValue });
  if (body.kind === "single")
    console.log(http.headers.get("x-cache"), JSON.stringify(body.singleResult.data));
}
await ask("{ book(id: 7) { title } }"); // → miss {"book":{"title":"Emma"}}
await ask("{ book(id: 7) { title } }"); // → hit {"book":{"title":"Emma"}}
await ask(`mutation { rename(id: 7, title: "Emma 2") { id } }`); // → mutation {"rename":{"id":"7"}}
await ask("{ book(id: 7) { title } }"); // → miss {"book":{"title":"Emma 2"}}
await ask("{ me }", { user: "ann" }); // → miss {"me":"ann"}
await ask("{ alias: me }", { user: "bob" }); // → miss {"alias":"bob"}
