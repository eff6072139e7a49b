import { DEFAULT_PAGE_SIZE } from "@algoitny/core/problem/problem-query";
import { pageHeaders, problemList, problemPages } from "@algoitny/core/problem/problem.resources";
import { cached } from "../endpoint/answer.ts";
import { pageLinks } from "../endpoint/page-links.ts";
import { listProblems } from "../contract/problem-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "GET /api/problems/",
  listProblems,
  async ({ query }, { read, compute, source }) => {
    const reading = problemPages.areWanted(query)
      ? await read(problemList, query)
      : await compute(async () => {
          const page = await problemPages.compute(query, source);
          return { json: page.rows, headers: pageHeaders(page) };
        });
    const { page, page_size, platform, search } = query;
    const total = Number(reading.entry.header.headers["x-total-count"] ?? 0);
    const parameters = {
      platform,
      search,
      page_size: page_size === DEFAULT_PAGE_SIZE ? undefined : page_size,
    };
    const link = pageLinks({
      path: "/api/problems/",
      page,
      pageSize: page_size,
      total,
      parameters,
    });
    return cached(reading, "no such list", { link });
  },
);
