import * as z from "zod/mini";

const Id = z.int().check(z.positive());

/** The verified subject; undefined when signed out. The input may lack it, because JSON leaves out undefined properties. */
const Viewer = z.pipe(
  z.optional(z.string()),
  z.transform((sub: string | undefined) => sub),
);

export const SearchHistoryParams = z.strictObject({
  offset: z.int().check(z.minimum(0)),
  limit: Id,
  my_only: z.boolean(),
  viewer: Viewer,
});
export type SearchHistoryParams = z.output<typeof SearchHistoryParams>;

export const HistoryDetailParams = z.strictObject({ id: Id, viewer: Viewer });
export type HistoryDetailParams = z.output<typeof HistoryDetailParams>;
