import * as z from "zod";
import { OptionalText, pageSize, SearchParameter, wholeNumber } from "../parameter.ts";

/** Elements of a page of problems when the request does not say. */
export const DEFAULT_PAGE_SIZE = 100;

const PageNumber = wholeNumber({ min: 1, max: 1_000_000_000 });
const PageSize = pageSize({ max: 200 });

/** Query of `GET /problems/`. */
export const ProblemListQuery = z.object({
  platform: OptionalText,
  search: SearchParameter,
  page: PageNumber.default(1),
  page_size: PageSize.default(DEFAULT_PAGE_SIZE),
});
export type ProblemListQuery = z.output<typeof ProblemListQuery>;

/** Query of the admin's lists: one page, or the whole list where no page is asked for (undefined). */
export const AdminListQuery = z
  .object({ page: PageNumber.optional(), page_size: PageSize.optional() })
  .transform(({ page, page_size }, context) => {
    if (page !== undefined) return { page, page_size: page_size ?? DEFAULT_PAGE_SIZE };
    if (page_size === undefined) return undefined;
    context.addIssue({ code: "custom", path: ["page"], message: "give the page too, from 1 on" });
    return z.NEVER;
  });
