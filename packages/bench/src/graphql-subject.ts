import type { Place } from "./rivals/rival.ts";

export interface Book {
  readonly id: string;
  readonly title: string;
}

/** Data that the resolvers of all servers read. */
export interface Shelf {
  read(id: string): Promise<Book>;
  list(): Promise<readonly Book[]>;
  rename(id: string, title: string): Promise<void>;
}

/** A GraphQL server with a cache of responses. */
export interface GraphQLSubject {
  readonly name: string;
  readonly transport: "REST" | "TCP";
  /** Posts an operation; returns the body of the answer. */
  ask(query: string): Promise<string>;
  close(): Promise<void>;
}

export type OpenGraphQL = (place: Place, shelf: Shelf) => Promise<GraphQLSubject>;

/** Schema of all servers; by its own settings, each caches for an hour. */
export const TYPE_DEFS = `
  type Query { book(id: ID!): Book, books: [Book!]! }
  type Book { id: ID!, title: String! }
  type Mutation { rename(id: ID!, title: String!): Book }`;

/** A request of a GraphQL client. */
export function post(query: string): Request {
  return new Request("http://bench/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query }),
  });
}
