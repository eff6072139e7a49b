import { DEFAULT_PAGE_SIZE } from "@algoitny/core/problem/problem-query";
import type { AdminPage } from "@algoitny/core/problem/problem-params";
import type { View } from "@algoitny/core/view";
import { listForAdmins } from "../contract/problem-shapes.ts";
import { endpoint } from "../http-runtime.ts";
import { cached } from "./answer.ts";
import { pageLinks } from "./page-links.ts";

/** Makes the handler of a list for admins: whole, or in pages with `Link` and `X-Total-Count`. */
export function adminList<Value>(
  route: "GET /api/problems/drafts/" | "GET /api/problems/registered/",
  view: View<"problem_drafts" | "problem_registered", AdminPage, Value>,
) {
  return endpoint(route, listForAdmins, async ({ query }, { read }) => {
    const reading = await read(view, query);
    if (query === undefined) return cached(reading, "no such list");
    const { page, page_size: pageSize } = query;
    const link = pageLinks({
      path: route.slice("GET ".length),
      page,
      pageSize,
      total: Number(reading.entry.header.headers["x-total-count"] ?? 0),
      parameters: { page_size: pageSize === DEFAULT_PAGE_SIZE ? undefined : pageSize },
    });
    return cached(reading, "no such list", { link });
  });
}
