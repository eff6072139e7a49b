// GraphQL Yoga, and Envelop's `onExecute`: responses through the cache, stored bytes to the client.
import { Cache, defineResource, defineTags, MemoryStore, withOwnStamp } from "@algoitny/cache";
import { change, createGraphQLCache, view } from "@algoitny/cache/graphql";
import { toResponse } from "@algoitny/cache/http";
import { createSchema, createYoga } from "graphql-yoga";

const titles = new Map([["7", "Emma"]]);
const tags = defineTags({ book: (id) => [id] });
const cache = new Cache({ store: new MemoryStore() });
const load = async (id) => ({ id, title: titles.get(id) });
const book = withOwnStamp(
  defineResource({ name: "book", tags: (id) => [tags.book(id)], ttl: "10 minutes", load }),
);
const typeDefs = `
  type Query { book(id: ID!): Book }
  type Book { id: ID!, title: String }
  type Mutation { rename(id: ID!, title: String!): Book }`;
const rename = change(async ({ id, title }) => {
  titles.set(id, title);
  return { value: { id, title }, invalidate: tags.book(id) };
});
const resolvers = { Query: { book: view(book, ({ id }) => id) }, Mutation: { rename } };
const schema = createSchema({ typeDefs, resolvers });
const responses = createGraphQLCache({ cache, schema: () => schema, version: "1" });

/** Entries to send as they are, by request. */
const readings = new WeakMap();
const useCachedResponses = {
  onExecute({ executeFn, setExecuteFn }) {
    setExecuteFn(async ({ variableValues: variables, contextValue: context, ...args }) => {
      const run = async (guarded) =>
        executeFn({ ...args, variableValues: variables, contextValue: guarded });
      const executed = await responses.execute({ ...args, variables, context, run });
      if (!("reading" in executed)) return executed.result;
      readings.set(context.request, executed);
      return executed.reading.value();
    });
  },
  onResultProcess({ request, setResultProcessor }) {
    const { reading, isPrivate } = readings.get(request) ?? {};
    if (reading === undefined) return;
    const cacheControl = isPrivate ? "private, no-cache" : "no-cache";
    const options = { cacheControl, vary: ["Accept", "Authorization"] };
    setResultProcessor(() => toResponse(request, reading, options), "application/json");
  },
};
const yoga = createYoga({ schema, plugins: [useCachedResponses], batching: false, logging: false });

// Try it:
async function ask(query) {
  const headers = { "content-type": "application/json" };
  const post = { method: "POST", body: JSON.stringify({ query }), headers };
  const response = await yoga.fetch("http://localhost/graphql", post);
  console.log(response.headers.get("cache-status")?.split("; ")[1], await response.text());
}
await ask("{ book(id: 7) { title } }"); // → fwd=miss {"data":{"book":{"title":"Emma"}}}
await ask("{ book(id: 7) { title } }"); // → hit {"data":{"book":{"title":"Emma"}}}
await ask(`mutation { rename(id: 7, title: "Emma 2") { id } }`); // → undefined {"data":{"rename":{"id":"7"}}}
await ask("{ book(id: 7) { title } }"); // → fwd=miss {"data":{"book":{"title":"Emma 2"}}}
