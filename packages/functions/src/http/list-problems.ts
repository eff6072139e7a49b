import { DEFAULT_PAGE_SIZE, ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { problemList } from "@algoitny/core/problem/problem.resources";
import { cached } from "../endpoint/answer.ts";
import { pageLinks } from "../endpoint/page-links.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "GET /api/problems/",
  { query: ProblemListQuery },
  async ({ query }, { read }) => {
    const reading = await read(problemList, query);
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
