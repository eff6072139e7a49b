import { peer } from "../peer.ts";

/** The package `graphql`, which the cached server has anyway. */
export const graphqlJs = () => peer("graphql", () => import("graphql"));
