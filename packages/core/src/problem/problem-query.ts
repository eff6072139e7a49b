import * as z from "zod/mini";
import { OptionalText, pageSize, SearchParameter, wholeNumber } from "../parameter.ts";

/** Page size if the request names none. */
export const DEFAULT_PAGE_SIZE = 100;

const PageNumber = wholeNumber({ min: 1, max: 1_000_000_000 });
const PageSize = pageSize({ max: 200 });

/** Query of `GET /problems/`. */
export const ProblemListQuery = z.object({
  platform: OptionalText,
  search: SearchParameter,
  page: z._default(PageNumber, 1),
  page_size: z._default(PageSize, DEFAULT_PAGE_SIZE),
});
export type ProblemListQuery = z.output<typeof ProblemListQuery>;

const AdminListFields = z.object({
  page: z.optional(PageNumber),
  page_size: z.optional(PageSize),
});

/** Query of the admins' lists: one page, or the whole list if no page is requested (undefined). */
export const AdminListQuery = z.pipe(
  AdminListFields,
  z.transform(({ page, page_size }: z.output<typeof AdminListFields>, context) => {
    if (page !== undefined) return { page, page_size: page_size ?? DEFAULT_PAGE_SIZE };
    if (page_size === undefined) return undefined;
    const message = "give the page too: 1 or more";
    context.issues.push({ code: "custom", path: ["page"], message, input: undefined });
    return z.NEVER;
  }),
);
