import * as z from "zod/mini";

const Positive = z.int().check(z.positive());

/**
 * Parameters of a problem's detail: the problem, and `admin` for the view with drafts, deleted problems and solutions.
 */
export const ProblemDetailParams = z.union([
  z.strictObject({ id: Positive, admin: z.boolean() }),
  z.strictObject({ platform: z.string(), problem_id: z.string(), admin: z.boolean() }),
]);
export type ProblemDetailParams = z.output<typeof ProblemDetailParams>;

/** Number of the catalogue's partitions, each of which has one segment. */
export interface Extent {
  readonly partitions: number;
}

/** A part of the catalogue: its extent, or one of its partitions. */
export const CataloguePart = z.union([z.literal("extent"), z.int().check(z.nonnegative())]);
export type CataloguePart = z.output<typeof CataloguePart>;

/** Parameters of a page of problems. */
export const ProblemListParams = z.strictObject({
  platform: z.optional(z.string()),
  search: z.optional(z.string()),
  page: Positive,
  page_size: Positive,
});

/** A page of an admin's list; undefined: the whole list. */
export const AdminPage = z.union([
  z.void(),
  z.strictObject({ page: Positive, page_size: Positive }),
]);
export type AdminPage = z.output<typeof AdminPage>;
