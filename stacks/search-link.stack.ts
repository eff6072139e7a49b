import type { FunctionFile } from "../packages/functions/src/deployment/access.ts";
import { configuration } from "./configuration.ts";

const { SEARCH_URL: url, SEARCH_ARN: arn } = configuration;

/** Functions that search problems. */
const SEARCHING: readonly FunctionFile[] = ["http/list-problems", "http/graphql"];

const link = url === undefined ? undefined : new sst.Linkable("Search", { properties: { url } });

/** The search engine's link and permissions, for a function that searches, in a deployment with an engine. */
export function searchOf(file: FunctionFile) {
  const isSearching = link !== undefined && SEARCHING.includes(file);
  return {
    links: isSearching ? [link] : [],
    permission: { actions: isSearching ? ["es:ESHttpPost"] : [], resources: [`${arn}/*`] },
  };
}
