import * as z from "zod";
import type { ApiClient } from "../api-client.ts";

/** Items that requests may ask for, in the order of the API's lists. */
export interface Catalogue {
  problems: readonly { id: number; platform: string; title: string }[];
  platforms: readonly string[];
  /** Ids of public executions. */
  executions: readonly number[];
}

const PAGE_SIZE = 200;

const Problems = z.array(z.object({ id: z.int(), platform: z.string(), title: z.string() }));
const Executions = z.object({ results: z.array(z.object({ id: z.int() })) });

/** Reads every problem that visitors see, and the newest hundred public executions. */
export async function readCatalogue(api: Pick<ApiClient, "call">): Promise<Catalogue> {
  const problems: z.output<typeof Problems> = [];
  for (let page = 1; ; page += 1) {
    const path = `/api/problems/?page_size=${PAGE_SIZE}&page=${page}`;
    const found = Problems.parse(await api.call("GET", path));
    problems.push(...found);
    if (found.length < PAGE_SIZE) break;
  }
  if (problems.length === 0)
    throw new Error("there are no problems to ask for: import some with `npm run import`");
  const { results } = Executions.parse(await api.call("GET", "/api/history/?limit=100"));
  return {
    problems,
    platforms: [...new Set(problems.map(({ platform }) => platform))],
    executions: results.map(({ id }) => id),
  };
}
