import { peer } from "../peer.ts";

/** The package `graphql`, which the server that is cached has anyway. */
export const graphqlJs = () => peer("graphql", () => import("graphql"));
